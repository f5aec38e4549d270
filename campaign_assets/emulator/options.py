"""Everything one can choose about a portal, in one typed object.

Belongs here: options, their defaults and meaning. Not here: reading them from a command line (`command`).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from campaign_assets.emulator.fault_plan import FaultPlan

DEFAULT_TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"  # noqa: S105 - the emulator's own, opens nothing
READ_SCOPE = "marketing.campaigns.read"
WRITE_SCOPE = "marketing.campaigns.write"
REVENUE_SCOPES = (
    "marketing.campaigns.revenue.read",
    "marketing.campaigns.revenue.lite.read",
    "marketing.campaigns.revenue.full.read",
)
LimitHeaderKind = Literal["current", "counted", "stale", "wrong", "zero", "missing"]
ALL_SCOPES = frozenset({READ_SCOPE, WRITE_SCOPE, REVENUE_SCOPES[0]})
SCOPE_SETS = {
    "full": ALL_SCOPES,
    "read-only": frozenset({READ_SCOPE, REVENUE_SCOPES[0]}),
    "without-revenue": frozenset({READ_SCOPE, WRITE_SCOPE}),
    "none": frozenset[str](),
}


@dataclass(frozen=True)
class TokenGrant:
    """A private-app token the portal accepts and what it may do; each token is an app of its own."""

    token: str = DEFAULT_TOKEN
    scopes: frozenset[str] = ALL_SCOPES


@dataclass(frozen=True)
class OAuthApp:
    """A public app installed in the portal, whose refresh token buys access tokens.

    Attributes:
        expires_in: Seconds an access token lives on the portal's clock.
    """

    client_id: str = "emulator-client"
    client_secret: str = "emulator-secret"  # noqa: S105 - the emulator's own, opens nothing
    refresh_token: str = "emulator-refresh"  # noqa: S105 - the emulator's own, opens nothing
    scopes: frozenset[str] = ALL_SCOPES
    expires_in: int = 1800


@dataclass(frozen=True)
class PortalOptions:
    """What a portal is like; the same options give the same bytes, where the clock is fixed.

    Attributes:
        seed: Decides every name, id and number.
        campaigns: How many campaigns there are at the start.
        assets_per_campaign: Roughly how many assets a campaign has.
        days_of_history: How many days before the current quarter the first campaigns began.
        time_zone: IANA name of the portal's time zone; its days are counted in it.
        now: Where given, the portal's clock stands at this time.
        currency: The company currency, ISO 4217.
        rate_limit: Requests a private app may make in any ten seconds; 0 for no limit.
        oauth_rate_limit: The same for an OAuth app; 0 for no limit.
        daily_limit: Requests per day for all private apps together; 0 for no limit.
        retry_after: Whether a 429 says how many seconds to wait.
        limit_headers: What responses say of the limits: as they leave (`current`), as the request
            was counted (`counted`) or some seconds before (`stale`); or that any number of requests is left (`wrong`),
            that none is (`zero`), or nothing (`missing`).
        latency_ms: How long each response is held back.
        arrival_delay_ms: Each request arrives later by a random time of up to so much, and counts when it arrives.
        tokens: Private-app tokens the portal accepts.
        oauth_apps: Public apps installed in the portal.
        campaigns_in_plan: Whether the subscription includes campaigns; without, every read answers 403.
        unknown_types: Asset types HubSpot has not documented, present in some campaigns.
        unknown_metrics: Pairs of asset type and a metric HubSpot has not documented.
        oddities: Odd data in the portal, by the names in `oddities`.
        ignore_unknown_properties: Whether an unknown property that is asked for is ignored, as HubSpot's description
            has it, instead of a 400, as recorded.
        search_lag: Seconds of portal time by which the search lags behind; every other read is current.
        exclusive_end: Whether `endDate` is the first day that is not counted any more, instead of the last that is.
        utc_days: Whether days of metrics and reports are UTC's, instead of the account's time zone's.
        settled_after: Days after its close at which a day's metrics are restated no more.
        percent_rates: Whether CONVERSION_RATE goes from 0 to 100, instead of 0 to 1.
        silent_missing: Whether a batch leaves missing campaigns out without an error, instead of one for each.
        undocumented_metrics: Whether asset types for which HubSpot documents no metrics have one all the same.
        associations_move_updated_at: Whether adding or removing an asset changes its campaign's `updatedAt`.
        unknown_assets: What becomes of an asset that is added to a campaign and does not exist: it is `made`, or the
            request is answered 404 (`not-found`) or 400 (`invalid`).
        faults: Failures to come, and further oddities.
        monotonic: The rate limit's clock, in seconds.
        real_time: What the portal's clock follows when it is not fixed, in seconds since the epoch.
    """

    seed: int = 1
    campaigns: int = 40
    assets_per_campaign: int = 30
    days_of_history: int = 400
    time_zone: str = "UTC"
    now: datetime | None = None
    currency: str = "USD"
    portal_id: int = 139876543
    rate_limit: int = 190
    oauth_rate_limit: int = 110
    daily_limit: int = 625_000
    retry_after: bool = False
    limit_headers: LimitHeaderKind = "current"
    latency_ms: float = 0.0
    arrival_delay_ms: float = 0.0
    tokens: tuple[TokenGrant, ...] = (TokenGrant(),)
    oauth_apps: tuple[OAuthApp, ...] = (OAuthApp(),)
    campaigns_in_plan: bool = True
    unknown_types: tuple[str, ...] = ()
    unknown_metrics: tuple[tuple[str, str], ...] = ()
    oddities: tuple[str, ...] = ()
    ignore_unknown_properties: bool = False
    search_lag: float = 0.0
    exclusive_end: bool = False
    utc_days: bool = False
    settled_after: int = 7
    percent_rates: bool = False
    silent_missing: bool = False
    undocumented_metrics: bool = False
    associations_move_updated_at: bool = False
    unknown_assets: Literal["made", "not-found", "invalid"] = "made"
    faults: FaultPlan = FaultPlan()
    monotonic: Callable[[], float] = field(default=time.monotonic, compare=False)
    real_time: Callable[[], float] = field(default=time.time, compare=False)
