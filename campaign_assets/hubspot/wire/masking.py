"""Secrets taken out of text, however they are spelled there.

What HubSpot or a proxy says may repeat what was sent: as it was, or as JSON, a URL, HTML or base64 spell it.
"""

import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping
from html.entities import html5
from typing import Any

MASK = "…"
SHORTEST = 6
"""Shorter ones are left: every text is full of them, and no real one is so short."""


def _list_entities() -> Mapping[str, tuple[str, ...]]:
    entities: dict[str, list[str]] = defaultdict(list)
    for name, character in html5.items():
        entities[character].append(name.removesuffix(";"))
    return {character: tuple(sorted(set(names))) for character, names in entities.items()}


_ENTITIES = _list_entities()


class Masker:
    """Takes some secrets out of texts. It never changes, so that threads may share it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = [s for secret in secrets if len(secret) >= SHORTEST for s in (_spell(secret), *_in_base64(secret))]
        self._pattern = re.compile("|".join(spellings)) if spellings else None

    def mask(self, text: str) -> str:
        """The text without the secrets."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def mask_all(self, value: Any) -> Any:
        """A JSON value without the secrets, the names of its fields included."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, list):
            return [self.mask_all(part) for part in value]
        if isinstance(value, dict):
            return {self.mask(name): self.mask_all(part) for name, part in value.items()}
        return value


def _spell(secret: str) -> str:
    return "".join(map(_spell_character, secret))


def _spell_character(character: str) -> str:
    """Every way to write a character: itself, and escapes of JSON, of URLs and of HTML, also when escaped again."""
    code = ord(character)
    ways = [
        rf"\\{{0,4}}{re.escape(character)}",
        rf"%(?:25){{0,3}}(?i:{code:02x})",
        rf"\\{{1,4}}[uU](?i:{code:04x})",
        rf"&(?:amp;){{0,3}}#0{{0,6}}{code};?",
        rf"&(?:amp;){{0,3}}#[xX]0{{0,6}}(?i:{code:x});?",
        *(rf"&(?:amp;){{0,3}}{name};?" for name in _ENTITIES.get(character, ())),
    ]
    return f"(?:{'|'.join(ways)})"


def _in_base64(secret: str) -> Iterable[str]:
    """The secret inside a longer text in base64: it may begin at any of three places of a group."""
    for place in range(3):
        code = b64encode(b"\0" * place + secret.encode()).decode().rstrip("=")
        first = (0, 2, 3)[place]
        # Characters at the edges also hold bits of what stands beside the secret.
        whole = code[first : len(code) - ((len(secret) + place) % 3 != 0)]
        yield "".join({"+": "[+-]", "/": "[/_]"}.get(character, character) for character in whole)
