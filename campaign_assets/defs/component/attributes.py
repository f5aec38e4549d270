"""How an attribute in YAML becomes a setting: by the setting's own parser, and with the line where it may not stand.

An error never quotes the file: somebody may have written a secret there.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

import dagster as dg
from dagster.components.resolved.errors import ResolutionException

from campaign_assets.secret_variables import TOKEN_FIELD
from campaign_assets.setting_values import NONE
from campaign_assets.settings import SettingsError, Variable, list_variables

_VARIABLE = re.compile(r"""\{\{\s*env(?:\.([A-Za-z_]\w*)|\(\s*(["'])([A-Za-z_]\w*)\2\s*\))\s*\}\}""")
"""A template that is one variable of the environment and nothing else."""


def to_attribute(setting: str) -> str:
    """The name in YAML of a field of the settings."""
    return setting.removeprefix("hubspot_")


@cache
def list_attributes() -> Mapping[str, Variable]:
    """What each attribute may hold, by the field of the settings that it fills; an error calls it by its own name."""
    return {
        setting: replace(variable, name=to_attribute(setting), token=TOKEN_FIELD)
        for setting, variable in list_variables().items()
    }


def setting(name: str, kind: Any = str) -> dg.Resolver:
    """Resolves an attribute to the text of a setting, once the setting's parser has taken it.

    Args:
        name: The field of the settings.
        kind: What may stand in YAML, besides a template.
    """
    return dg.Resolver(
        partial(_resolve_setting, name),
        model_field_type=kind,
        description=list_attributes()[name].meaning,
        inject_before_resolve=False,
    )


def secret(meaning: str) -> dg.Resolver:
    """Resolves `{{ env.NAME }}` to the variable itself: what it holds is a secret, which only a run reads.

    Args:
        meaning: What the variable holds.
    """
    return dg.Resolver(
        _resolve_secret,
        model_field_type=Any,  # a type would be checked before, by an error that shows what was given
        description=f"{meaning} As {{{{ env.NAME }}}}, never as its text.",
        inject_before_resolve=False,
    )


def locate(context: dg.ResolutionContext, sentence: str) -> ResolutionException:
    """The error of an attribute, with file and line.

    Args:
        context: At the path of the attribute.
        sentence: What is wrong.
    """
    tree = context.source_position_tree
    if tree is None:
        return ResolutionException(sentence)
    found = tree.source_error(yaml_path=context.path, inline_error_message="", value_error=True)
    return ResolutionException(f"{found.file_name}:{found.start_line_no} - {found.location}: {sentence}")


def _resolve_setting(name: str, context: dg.ResolutionContext, given: Any) -> str:
    variable = list_attributes()[name]
    value = context.resolve_value(given)
    if value is None:
        raise locate(context, f"{variable.name} is {given}, of which nothing is set: it may hold {variable.allowed}.")
    text = to_text(value, variable)
    if isinstance(value, str) and not text.strip():
        raise locate(context, f"{variable.name} is empty, but may hold {variable.allowed}.")
    try:
        variable.read(text)
    except SettingsError as error:
        raise locate(context, str(error)) from None
    return text


def to_text(value: Any, variable: Variable) -> str:
    """A value as a variable of the environment would hold it.

    Args:
        value: A text, a number or a date, or a list of such.
        variable: What it is for: an empty list means none of what is there by default.
    """
    if isinstance(value, list | tuple):
        separator = "/" if variable.name == "key_prefix" else ","
        return separator.join(map(str, value)) or (NONE if variable.default else "")
    return str(value)


def _resolve_secret(context: dg.ResolutionContext, given: Any) -> dg.EnvVar:
    found = _VARIABLE.fullmatch(str(given).strip())
    if found is None:
        raise locate(
            context,
            f"{context.path[-1]} may hold a variable of the environment as {{{{ env.NAME }}}}, and holds something "
            "else: a secret does not belong in a file.",
        )
    return dg.EnvVar(found[1] or found[3])
