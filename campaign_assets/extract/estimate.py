"""What reading a range would take, before it is read: the plan, set against what the account allows.

Here: a range and types as people name them, the account's limits, and the estimate in words. Not here: which requests
a day takes (`plan`), and where people are answered (the command line, and a job in `defs`).
"""

import difflib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign_assets.catalog import ASSET_TYPES, METRIC_ASSET_TYPES, AssetType
from campaign_assets.days import DayRange, RangeError
from campaign_assets.extract.duration import Duration
from campaign_assets.extract.plan import TYPICAL_DAILY_LIMIT, DayPlan, describe_seconds
from campaign_assets.extract.report_costs import ReportCosts
from campaign_assets.hubspot import HubSpotClient

TYPICAL_RATE_LIMIT = 190
"""Requests in ten seconds of a private app on HubSpot's Professional plan. Source: HubSpot's usage guidelines."""
_SLUGS = [asset_type.slug for asset_type in METRIC_ASSET_TYPES]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the account allows.

    Attributes:
        rate: Requests in ten seconds.
        daily: Requests a day.
        left_today: Requests that are left of today's; None where nobody asked.
        resets_at: When the day's count begins anew; None likewise.
        source: Where the figures are from, in a sentence.
    """

    rate: int
    daily: int
    left_today: int | None = None
    resets_at: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a range takes when nothing fails.

    Attributes:
        days: The days.
        asset_types: The types that are read.
        plan: The requests of each day.
        limits: What the account allows.
        reserve: Share of the day's requests, from 0 to 1, that a run leaves to others.
        reports: The requests of the campaign reports, which other runs take.
    """

    days: DayRange
    asset_types: tuple[AssetType, ...]
    plan: DayPlan
    limits: Limits
    reserve: float
    reports: ReportCosts = ReportCosts()

    @property
    def requests(self) -> int:
        """Requests of the whole range."""
        return len(self.days) * self.plan.requests

    @property
    def duration(self) -> Duration:
        """How long it takes, and what of."""
        return Duration(self.requests, len(self.days) * len(self.asset_types), self.limits.rate / 10)

    @property
    def seconds(self) -> float:
        """Seconds from the start to the last file, Dagster's part included."""
        return self.duration.of_planning + self.duration.of_run

    @property
    def share_of_day(self) -> float:
        """Share of a day's requests; above 1 where the range takes more than a day."""
        return self.requests / self.limits.daily

    def describe(self) -> str:
        """All of it in lines."""
        plan, limits = self.plan, self.limits
        lines = [
            f"Range      {self.days.first} to {self.days.last}: {len(self.days):,} days, {len(self.asset_types)} of "
            f"{len(METRIC_ASSET_TYPES)} asset types, {len(plan.campaign_ids):,} campaigns with such assets",
            f"Each day   {plan.requests:,} requests: {len(plan.batches):,} batches, {plan.overflow_requests:,} pages "
            f"that do not fit into them, {plan.listing_requests:,} pages of campaigns that are cheaper to list",
            f"Requests   {self.requests:,}",
            f"Time       about {describe_seconds(self.seconds)}: {self._describe_time()}",
            f"Quota      {self.share_of_day:.2%} of {limits.daily:,} requests a day{self._describe_today()}",
            f"Limits     {limits.source}",
        ]
        return "\n".join([*lines, *self._warn(), *self._describe_reports()])

    def _describe_time(self) -> str:
        duration = self.duration
        longer = "more than the requests" if duration.of_cells > duration.at_limit else "while they are sent"
        return (
            f"requests {describe_seconds(duration.at_limit)} at {self.limits.rate:,} requests in 10 seconds; "
            f"{duration.cells:,} cells {describe_seconds(duration.of_cells)}, {longer}, and "
            f"{describe_seconds(duration.of_planning)} before the run for Dagster to plan them"
        )

    def _describe_today(self) -> str:
        return "" if self.limits.left_today is None else f"; {self.limits.left_today:,} are left today"

    def _describe_reports(self) -> list[str]:
        costs = {"Reports": ("a night", self.reports.nightly), "By day": ("for the range", self.reports.by_day)}
        return [
            f"{name:<11}{sum(by_table.values()):,} requests {what}, "
            f"{sum(by_table.values()) / self.limits.daily:.2%} of a day's: "
            + ", ".join(f"{table} {requests:,}" for table, requests in by_table.items())
            for name, (what, by_table) in costs.items()
            if by_table
        ]

    def _warn(self) -> list[str]:
        usable = self.limits.daily if self.limits.left_today is None else self.limits.left_today
        usable -= int(self.reserve * self.limits.daily)
        if self.requests <= usable:
            return []
        when = f" at {self.limits.resets_at.isoformat(timespec='minutes')}" if self.limits.resets_at else ""
        return [
            f"Note       More than the {max(0, usable):,} requests that a run may use of today's, {self.reserve:.0%} "
            f"of the day's kept in reserve: it will stop before they are used up, and continue when it is re-executed "
            f"from failure after the count begins anew{when}."
        ]


def get_typical_limits(rate_limit: int | None, why: str, rate_reserve: float = 0.0) -> Limits:
    """The limits of a typical account, for want of better knowledge.

    Args:
        rate_limit: The configured rate; None for what HubSpot allows.
        why: Why the account was not asked, as the first half of a sentence.
        rate_reserve: Share of the account's rate, from 0 to 1, that is left to other programs.
    """
    left = TYPICAL_RATE_LIMIT - math.ceil(rate_reserve * TYPICAL_RATE_LIMIT)
    return Limits(
        min(rate_limit or left, left),
        TYPICAL_DAILY_LIMIT,
        source=f"{why}, so the figures are those of a typical account (Professional plan)",
    )


def read_limits(client: HubSpotClient) -> Limits:
    """Asks the account with a single request.

    Raises:
        HubSpotError: The account did not answer.
    """
    usages = [usage for usage in client.account.get_daily_usage() if usage.usage_limit]
    rate, source = client.throttle.limiter.limit, "as the account says"
    if not usages:
        return Limits(
            rate, TYPICAL_DAILY_LIMIT, source=f"{source}; a daily limit it names none: a typical one is taken"
        )
    usage = usages[0]
    return Limits(rate, usage.usage_limit or TYPICAL_DAILY_LIMIT, usage.remaining, usage.resets_at, source)


def to_asset_types(names: Iterable[str], read: Sequence[AssetType] = METRIC_ASSET_TYPES) -> tuple[AssetType, ...]:
    """Types with metrics by slug or HubSpot's own name, in the order of the catalog; all where none is named.

    Args:
        names: The names.
        read: The types that are read.

    Raises:
        RangeError: There is no such type, it has no metrics, or it is not read.
    """
    wanted = {_to_slug(name) for name in names}
    if unread := wanted - {asset_type.slug for asset_type in read}:
        raise RangeError(f"{min(unread)} is not among the asset types that are read: see CAMPAIGN_ASSETS_TYPES.")
    return tuple(t for t in read if not wanted or t.slug in wanted)


def _to_slug(name: str) -> str:
    slug = name.strip().lower()
    if slug in _SLUGS:
        return slug
    if slug in {asset_type.slug for asset_type in ASSET_TYPES}:
        raise RangeError(f"{name!r} has no daily metrics; these have: {', '.join(_SLUGS)}.")
    near = difflib.get_close_matches(slug, _SLUGS, n=1, cutoff=0.0)
    raise RangeError(f"There is no asset type {name!r:.80}: did you mean {near[0]}? All: {', '.join(_SLUGS)}.")
