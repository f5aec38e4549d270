"""Bodies of responses, unpacked as they come and never beyond a limit: a few bytes may expand to any number."""

import zlib
from collections.abc import Callable, Iterable, Iterator

_STEP = 1024 * 1024
"""No piece is unpacked to more at once."""
_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class UnknownEncoding(ValueError):
    """A body is packed as nobody asked for."""


class BodyTooLarge(ValueError):
    """A body is larger than its limit."""


class BodyDamaged(ValueError):
    """A body cannot be unpacked, or ends in the middle."""


def read_body(pieces: Iterable[bytes], encoding: str, most: int, claim: Callable[[int], None]) -> bytearray:
    """A body, unpacked.

    Args:
        pieces: What comes over the wire.
        encoding: The response's `Content-Encoding`; empty where it has none.
        most: Bytes that it may unpack to.
        claim: Called with the size that the body is about to have, before it has it.

    Raises:
        UnknownEncoding: It is packed twice, or in another way than gzip or deflate.
        BodyTooLarge: It is larger.
        BodyDamaged: It cannot be unpacked.
    """
    window = _find_window(encoding)
    body = bytearray()
    for piece in pieces if window is None else _unpack(pieces, window):
        if len(body) + len(piece) > most:
            raise BodyTooLarge
        claim(len(body) + len(piece))
        body += piece
    return body


def _find_window(encoding: str) -> int | None:
    """How zlib calls an encoding; None for none."""
    names = [name for name in (part.strip().lower() for part in encoding.split(",")) if name not in ("", "identity")]
    if not names:
        return None
    if len(names) > 1 or names[0] not in _WINDOWS:
        raise UnknownEncoding(", ".join(names))
    return _WINDOWS[names[0]]


def _unpack(pieces: Iterable[bytes], window: int) -> Iterator[bytes]:
    """What packed pieces unpack to, in steps; several packed parts in a row are one body."""
    unpacker = _Unpacker(window)
    for piece in pieces:
        yield from unpacker.feed(piece)
    if not unpacker.is_whole:
        raise BodyDamaged("it ends in the middle")


class _Unpacker:
    """Unpacks a body in steps, however much a few bytes expand to."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._inner = zlib.decompressobj(window)
        self._start = b""
        self._began = False

    @property
    def is_whole(self) -> bool:
        """Whether the body may end here."""
        return self._inner.eof if self._began else not self._start

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What the next bytes unpack to."""
        if not self._began:
            data = self._start = self._start + data
            if len(data) < 2:
                return
            self._begin(data)
        more = bool(data)
        while more:
            if self._inner.eof:
                self._inner = zlib.decompressobj(self._window)
            unpacked = self._step(data)
            if unpacked:
                yield unpacked
            data = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
            more = bool(data) or (len(unpacked) == _STEP and not self._inner.eof)

    def _begin(self, data: bytes) -> None:
        self._began = True
        framed = data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        if self._window == zlib.MAX_WBITS and not framed:  # some servers send deflate without its frame
            self._window = -zlib.MAX_WBITS
            self._inner = zlib.decompressobj(self._window)

    def _step(self, data: bytes) -> bytes:
        try:
            return self._inner.decompress(data, _STEP)
        except zlib.error as error:
            reason = str(error)
        raise BodyDamaged(reason)
