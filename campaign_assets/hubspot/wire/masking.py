"""Secrets taken out of text, however they are spelled there.

What HubSpot or a proxy says may repeat what was sent: as it was, in another case, or as JSON, a URL, HTML, base64 or
hexadecimal digits spell it.
"""

import re
from base64 import b64encode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from html.entities import html5
from typing import Any

MASK = "…"
SHORTEST = 6
"""Shorter ones are left: every text is full of them, and no real one is so short."""
_PIECE = 32
"""Characters of a secret that are looked for as one: the time that a pattern takes grows faster than its length."""
_BEGINNING = 8
"""Characters of a secret by which a body is found to repeat it."""
_ESCAPING = (b"\\", b"%", b"&")
_LOOSE = 3
"""So many characters between two pieces are the secret's too: in base64 some hold bits of both."""


def _list_entities() -> Mapping[str, tuple[str, ...]]:
    entities: dict[str, list[str]] = defaultdict(list)
    for name, character in html5.items():
        entities[character].append(name.removesuffix(";"))
    return {character: tuple(sorted(set(names))) for character, names in entities.items()}


_ENTITIES = _list_entities()


class Masker:
    """Takes some secrets out of texts. It never changes, so that threads may share it.

    Making one costs nothing: what is looked for is worked out with the first text.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(secret for secret in dict.fromkeys(secrets) if len(secret) >= SHORTEST)

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        pieces = dict.fromkeys(piece for secret in self._secrets for piece in _cut(secret))
        return tuple(
            re.compile("|".join((_spell(piece), *_in_base64(piece), f"(?i:{_to_hexadecimal(piece)})")))
            for piece in pieces
        )

    @cached_property
    def _plain(self) -> tuple[bytes, ...]:
        """What a body holds that repeats a secret in base64."""
        firsts = [next(_cut(secret)) for secret in self._secrets]
        return tuple({spelled.encode() for first in firsts for spelled in _list_base64(first)})

    @cached_property
    def _lowered(self) -> tuple[bytes, ...]:
        """What a body in small letters holds that repeats a secret as it is, in another case, or in hexadecimal."""
        firsts = [next(_cut(secret)) for secret in self._secrets]
        return tuple({way for first in firsts for way in (first.encode().lower(), _to_hexadecimal(first).encode())})

    @cached_property
    def _beginning(self) -> re.Pattern[bytes]:
        """Finds where a secret begins that is spelled with escapes."""
        firsts = (way for secret in self._secrets for way in _list_cases(secret[0]))
        signs = "".join(re.escape(sign) for sign in dict.fromkeys(("\\", "%", "&", *firsts)))
        ways = "|".join(_spell(secret[:_BEGINNING]) for secret in self._secrets)
        return re.compile(f"(?=[{signs}])(?:{ways})".encode("ascii"))

    def mask(self, text: str) -> str:
        """The text without the secrets, and without pieces of them."""
        spans = sorted(match.span() for pattern in self._patterns for match in pattern.finditer(text))
        masked: list[str] = []
        end = 0
        for i, (start, stop) in enumerate(spans):
            if not i or start - end > _LOOSE:
                masked += (text[end:start], MASK)
            end = max(end, stop)
        return "".join((*masked, text[end:]))

    def mask_all(self, value: Any) -> Any:
        """A JSON value without the secrets, the names of its fields included."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, list):
            return [self.mask_all(part) for part in value]
        if isinstance(value, dict):
            return {self.mask(name): self.mask_all(part) for name, part in value.items()}
        return value

    def finds_any(self, body: bytes | bytearray) -> bool:
        """Whether a body may repeat a secret: quick, for bodies of millions of bytes that hardly ever do."""
        if not self._secrets:
            return False
        lowered = body.lower()
        if any(plain in body for plain in self._plain) or any(plain in lowered for plain in self._lowered):
            return True
        return any(sign in body for sign in _ESCAPING) and self._beginning.search(body) is not None


def _cut(secret: str) -> Iterator[str]:
    """The pieces of a secret; the last one is never so short that other texts hold it too."""
    places = list(range(0, max(1, len(secret) - _PIECE // 2), _PIECE))
    for start, stop in zip(places, [*places[1:], len(secret)], strict=True):
        yield secret[start:stop]


def _list_base64(text: str) -> Iterator[str]:
    for encode in (b64encode, urlsafe_b64encode):
        for place in range(3):
            yield _inner_base64(encode(b"\0" * place + text.encode()).decode(), text, place)


def _spell(secret: str) -> str:
    return "".join(map(_spell_character, secret))


def _spell_character(character: str) -> str:
    """Every way to write a character in either case: itself, and escapes of JSON, URLs and HTML, also escaped again."""
    cases = _list_cases(character)
    codes = [ord(case) for case in cases]
    ways = [
        rf"\\{{0,4}}[{''.join(map(re.escape, cases))}]",
        rf"%(?:25){{0,3}}(?i:{'|'.join(f'{code:02x}' for code in codes)})",
        rf"\\{{1,4}}[uU](?i:{'|'.join(f'{code:04x}' for code in codes)})",
        rf"&(?:amp;){{0,3}}#0{{0,6}}(?:{'|'.join(map(str, codes))});?",
        rf"&(?:amp;){{0,3}}#[xX]0{{0,6}}(?i:{'|'.join(f'{code:x}' for code in codes)});?",
        *(rf"&(?:amp;){{0,3}}{name};?" for case in cases for name in _ENTITIES.get(case, ())),
    ]
    return f"(?:{'|'.join(ways)})"


def _list_cases(character: str) -> tuple[str, ...]:
    """A letter in both cases; any other character alone."""
    return (character.lower(), character.upper()) if character.isascii() and character.isalpha() else (character,)


def _in_other_digits(piece: str) -> Iterator[str]:
    yield from _in_base64(piece)
    yield f"(?i:{_to_hexadecimal(piece)})"


def _to_hexadecimal(text: str) -> str:
    return text.encode().hex()


def _in_base64(secret: str) -> Iterable[str]:
    """The secret inside a longer text in base64: it may begin at any of three places of a group."""
    for place in range(3):
        whole = _inner_base64(b64encode(b"\0" * place + secret.encode()).decode(), secret, place)
        yield "".join({"+": "[+-]", "/": "[/_]"}.get(character, character) for character in whole)


def _inner_base64(code: str, secret: str, place: int) -> str:
    """What of a code is the secret's alone: characters at the edges also hold bits of what stands beside it."""
    code = code.rstrip("=")
    return code[(0, 2, 3)[place] : len(code) - ((len(secret) + place) % 3 != 0)]
