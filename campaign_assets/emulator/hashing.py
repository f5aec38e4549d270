"""Repeatable randomness: a number from a name, and many numbers from many keys at once.

Belongs here: pure hash functions. Not here: what the numbers are used for.
"""

from hashlib import blake2b
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
UInts = NDArray[np.uint64]
Floats = NDArray[np.float64]


def stable_int(*parts: object) -> int:
    """Give 64 bits that depend on the parts alone, in every process and on every machine."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def stable_uuid(*parts: object) -> str:
    """Give a version 4 GUID that depends on the parts alone."""
    text = "\x1f".join(str(part) for part in parts)
    return str(UUID(bytes=blake2b(text.encode(), digest_size=16).digest(), version=4))


def mix(keys: UInts) -> UInts:
    """Scramble 64-bit keys (splitmix64), so that neighbours share nothing."""
    mixed = keys + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def three_uniforms(keys: UInts) -> tuple[Floats, Floats, Floats]:
    """Draw three numbers in [0, 1) from each already scrambled key."""
    low = (keys & np.uint64(0x1FFFFF)).astype(np.float64) / 2097152.0
    middle = ((keys >> np.uint64(21)) & np.uint64(0x1FFFFF)).astype(np.float64) / 2097152.0
    high = (keys >> np.uint64(43)).astype(np.float64) / 2097152.0
    return low, middle, high
