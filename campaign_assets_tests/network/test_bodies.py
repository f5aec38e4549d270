"""Bodies are unpacked whole, however they are cut and packed, and never beyond their limit."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_assets.network import BodyTooLarge, UnknownEncoding, read_body
from campaign_assets.network.bodies import BodyDamaged

MEGABYTE = 1024 * 1024


def cut(data: bytes, size: int) -> Iterator[bytes]:
    """The data in pieces."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


def pack_raw(data: bytes) -> bytes:
    """Deflate without its frame."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def pack_in_parts(data: bytes) -> bytes:
    """Two gzip files in a row, which are one."""
    return gzip.compress(data[: len(data) // 2]) + gzip.compress(data[len(data) // 2 :])


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "plain": ("", bytes),
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "GZip": (" GZip ", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "gzip in parts": ("gzip", pack_in_parts),
    "identity, gzip": ("identity, gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", pack_raw),
}


def unpack(data: bytes, encoding: str, most: int = 10 * MEGABYTE, size: int = 1_000) -> bytes:
    return bytes(read_body(cut(data, size), encoding, most, lambda _: None))


@pytest.mark.parametrize("name", PACKERS)
def test_a_body_is_what_was_packed_however_it_is_cut(name: str) -> None:
    encoding, pack = PACKERS[name]

    @settings(max_examples=40)
    @given(body=st.binary(max_size=3_000) | st.integers(0, 3 * MEGABYTE).map(bytes), size=st.integers(1, 5_000))
    def check(body: bytes, size: int) -> None:
        assert unpack(pack(body), encoding, size=max(size, len(body) // 1_000)) == body

    check()


@pytest.mark.parametrize("size", [MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 2 * MEGABYTE])
def test_a_body_of_whole_steps_is_whole(size: int) -> None:
    assert unpack(gzip.compress(bytes(size)), "gzip", size=100_000) == bytes(size)


@pytest.mark.parametrize("name", PACKERS)
def test_a_body_may_be_as_large_as_its_limit_and_no_larger(name: str) -> None:
    encoding, pack = PACKERS[name]
    assert len(unpack(pack(bytes(5_000)), encoding, most=5_000)) == 5_000
    with pytest.raises(BodyTooLarge):
        unpack(pack(bytes(5_001)), encoding, most=5_000)


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: gzip.compress(gzip.compress(data))])
def test_nothing_is_unpacked_beyond_the_limit(pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(bytes(300 * MEGABYTE))
    tracemalloc.start()
    with pytest.raises((BodyTooLarge, UnknownEncoding)):
        unpack(bomb, "gzip" if len(bomb) > 100_000 else "gzip, gzip", most=4 * MEGABYTE, size=64 * 1024)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * MEGABYTE


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip, deflate", "deflate,gzip", "gzip;q=1", "\x00"])
def test_what_nobody_asked_for_is_not_unpacked(encoding: str) -> None:
    with pytest.raises(UnknownEncoding):
        unpack(gzip.compress(gzip.compress(b"{}")), encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_without_a_byte_is_empty_and_one_that_ends_in_the_middle_is_damaged(encoding: str) -> None:
    packed = gzip.compress(b"x" * 1_000) if encoding == "gzip" else zlib.compress(b"x" * 1_000)
    assert unpack(b"", encoding) == b""
    for end in range(1, len(packed)):
        with pytest.raises(BodyDamaged):
            unpack(packed[:end], encoding)
    with pytest.raises(BodyDamaged):
        unpack(b"neither this nor that", encoding)


def test_each_size_is_claimed_before_it_is_reached() -> None:
    claimed: list[int] = []
    body = read_body(cut(gzip.compress(bytes(5 * MEGABYTE)), 100), "gzip", 10 * MEGABYTE, claimed.append)
    assert claimed == sorted(claimed) and claimed[-1] == len(body)
