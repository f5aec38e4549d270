"""What the product says when something goes wrong: its error classes, and the sentences that each is raised with."""

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import campaign_assets
from campaign_assets.emulator.errors import ApiError as EmulatedError

PACKAGE = Path(campaign_assets.__file__).parent
_LEAST = 8
"""Letters that a sentence must have beside what is filled in: one without any would be found in every text."""


@cache
def list_error_classes() -> tuple[type[Exception], ...]:
    """Every exception that the product declares, the emulated account's own responses aside."""
    for module in pkgutil.walk_packages([str(PACKAGE)], "campaign_assets."):
        if module.name != "campaign_assets.definitions":  # reads the environment
            importlib.import_module(module.name)
    found = {one for one in _list_subclasses(Exception) if one.__module__.startswith("campaign_assets.")}
    return tuple(
        sorted(
            found - {EmulatedError, *_list_subclasses(EmulatedError)}, key=lambda one: (one.__module__, one.__name__)
        )
    )


def _list_subclasses(base: type[Exception]) -> Iterator[type[Exception]]:
    for one in base.__subclasses__():
        yield one
        yield from _list_subclasses(one)


@cache
def find_sentences() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    """The sentences of each class by its name, with whatever is filled in where the code fills something in."""
    found: dict[str, list[re.Pattern[str]]] = defaultdict(list)
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                found[name] += [pattern for text in node.args[:1] for pattern in _to_patterns(text)]
    return {name: tuple(patterns) for name, patterns in found.items()}


def _to_patterns(text: ast.expr) -> Iterator[re.Pattern[str]]:
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        parts: list[ast.expr] = [text]
    elif isinstance(text, ast.JoinedStr):
        parts = text.values
    else:
        return
    told = [part.value if isinstance(part, ast.Constant) else None for part in parts]
    if sum(len(str(part)) for part in told if part is not None) >= _LEAST:
        yield re.compile("".join(".*" if part is None else re.escape(str(part)) for part in told), re.DOTALL)
