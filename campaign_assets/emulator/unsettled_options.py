"""The command line's options for what HubSpot's sources disagree on, or do not say.

Belongs here: these options, as `click` has them. Not here: what they mean (`options`), the other options (`command`).
"""

from collections.abc import Callable
from typing import Any

import click

from campaign_assets.emulator.option_groups import under

_unsettled = under("Where HubSpot's sources differ or are silent")
_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    _unsettled(
        "--ignore-unknown-properties",
        is_flag=True,
        help="Ignore an unknown property that is asked for, instead of a 400.",
    ),
    _unsettled(
        "--search-lag",
        default=0.0,
        type=click.FloatRange(0, 86_400),
        metavar="SECONDS",
        help="How long a search shows campaigns as they were.",
    ),
    _unsettled("--exclusive-end", is_flag=True, help="Let endDate be the first day that is not counted any more."),
    _unsettled("--utc-days", is_flag=True, help="Count metrics by days of UTC, instead of the account's time zone."),
    _unsettled(
        "--settled-after",
        default=7,
        type=click.IntRange(0, 366),
        metavar="DAYS",
        help="How long after its close a day is restated.",
    ),
    _unsettled("--percent-rates", is_flag=True, help="Let CONVERSION_RATE go from 0 to 100, instead of 0 to 1."),
    _unsettled("--silent-missing", is_flag=True, help="Let a batch leave missing campaigns out without an error."),
    _unsettled("--undocumented-metrics", is_flag=True, help="Let asset types without documented metrics have one."),
    _unsettled(
        "--associations-move-updated-at",
        is_flag=True,
        help="Let an asset that is added or removed change its campaign's updatedAt.",
    ),
    _unsettled(
        "--unknown-assets",
        default="made",
        type=click.Choice(("made", "not-found", "invalid")),
        help="What becomes of an asset that is added but does not exist: it is made, or answered 404 or 400.",
    ),
)
NAMES = (
    "ignore_unknown_properties",
    "search_lag",
    "exclusive_end",
    "utc_days",
    "settled_after",
    "percent_rates",
    "silent_missing",
    "undocumented_metrics",
    "associations_move_updated_at",
    "unknown_assets",
)
"""What the options are called in a portal's options."""


def unsettled_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
