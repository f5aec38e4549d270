"""A code location of two portals, each with an account, a token, tables and names of its own."""

from collections.abc import Mapping
from dataclasses import replace

import dagster as dg

from campaign_assets.defs.building import build_definitions
from campaign_assets.settings import Settings

NAMES = ("north", "south")


def to_variables(name: str) -> tuple[str, str]:
    """The variables of a portal: where it answers, and its token."""
    return f"HUBSPOT_{name.upper()}_BASE_URL", f"HUBSPOT_{name.upper()}_ACCESS_TOKEN"


def build_settings(environ: Mapping[str, str], name: str) -> Settings:
    """The settings of a portal: the environment's, but for the account."""
    url, token = to_variables(name)
    own = {"CAMPAIGN_ASSETS_PORTAL": name, "HUBSPOT_BASE_URL": environ[url]}
    return replace(Settings.from_environ({**environ, **own}), credentials={"access_token": token})


def build(environ: Mapping[str, str]) -> dg.Definitions:
    """Both portals side by side."""
    return dg.Definitions.merge(
        *(build_definitions(build_settings(environ, name)) for name in NAMES),
        # Celery's processes may start no others.
        dg.Definitions(executor=dg.in_process_executor),
    )
