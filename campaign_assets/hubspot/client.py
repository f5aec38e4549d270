"""The client: one account's API, its endpoints in groups.

    with HubSpotClient(token) as hubspot:
        for page in hubspot.campaigns.list_pages():
            ...

It knows no table and no Dagster. Safe to use from several threads.
"""

from types import TracebackType
from urllib.parse import urlsplit

from campaign_assets.hubspot.account import AccountEndpoint
from campaign_assets.hubspot.assets import AssetsEndpoint
from campaign_assets.hubspot.auth import Auth, TokenAuth
from campaign_assets.hubspot.base_url import BASE_URL, to_base_url
from campaign_assets.hubspot.campaigns import CampaignsEndpoint
from campaign_assets.hubspot.clock import Clock, SystemClock
from campaign_assets.hubspot.errors import ConfigurationError
from campaign_assets.hubspot.meter import Meter
from campaign_assets.hubspot.money import BudgetEndpoint, SpendEndpoint
from campaign_assets.hubspot.paths import Paths
from campaign_assets.hubspot.rate_limit import RateLimiter
from campaign_assets.hubspot.reports import ReportsEndpoint
from campaign_assets.hubspot.retry import RetryPolicy
from campaign_assets.hubspot.transport import Transport


class HubSpotClient:
    """HubSpot's Marketing Campaigns API for one account.

    Attributes:
        campaigns: Search, get, create, update and delete campaigns, one at a time or in batches.
        assets: List the assets of a campaign, add and remove them.
        budget: The budget items of a campaign, and its totals.
        spend: The spend items of a campaign.
        reports: What a campaign brought: contacts, sessions, revenue.
        account: The account itself.
        connections: Requests in flight at most.
    """

    def __init__(
        self,
        auth: Auth | str,
        *,
        base_url: str = BASE_URL,
        api_version: str = "v3",
        rate_limit: int | None = None,
        connections: int = 32,
        retry: RetryPolicy | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Opens no connection yet.

        Args:
            auth: Who we are: the token of a private app or a service key, or an `OAuthAuth`.
            base_url: Root of the API.
            api_version: `v3`, or a date version such as `2026-03`.
            rate_limit: Requests in 10 seconds at most; None for what HubSpot allows.
            connections: Requests in flight at most.
            retry: When a request is sent again.
            clock: Time.

        Raises:
            ConfigurationError: The token is empty or holds what no token holds, the address is not https (http only
                on this machine), or there is no such version.
        """
        clock = clock or SystemClock()
        self._paths = Paths(api_version)
        base_url = _check_base_url(base_url)
        self.connections = connections
        self.host = urlsplit(base_url).netloc
        self._transport = Transport(
            base_url,
            TokenAuth(auth) if isinstance(auth, str) else auth,
            token_path=self._paths.oauth_token,
            limiter=RateLimiter(clock, rate_limit),
            retry=retry or RetryPolicy(),
            clock=clock,
            connections=connections,
        )
        self._open_endpoints(None)

    def __enter__(self) -> "HubSpotClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"HubSpotClient({self.host!r}, api_version={self._paths.version!r})"

    def close(self) -> None:
        """Closes all connections."""
        self._transport.close()

    @property
    def meter(self) -> Meter:
        """Counts every request of this account."""
        return self._transport.meter

    @property
    def waited_seconds(self) -> float:
        """Seconds that requests have waited for the rate limit, over all threads."""
        return self._transport.limiter.waited_seconds

    def metered(self, meter: Meter) -> "HubSpotClient":
        """The same client, whose requests also count in another meter. It need not be closed."""
        twin = object.__new__(HubSpotClient)
        twin.connections, twin.host = self.connections, self.host
        twin._transport, twin._paths = self._transport, self._paths
        twin._open_endpoints(meter)
        return twin

    def _open_endpoints(self, meter: Meter | None) -> None:
        self.campaigns = CampaignsEndpoint(self._transport, self._paths, meter)
        self.assets = AssetsEndpoint(self._transport, self._paths, meter)
        self.budget = BudgetEndpoint(self._transport, self._paths, meter)
        self.spend = SpendEndpoint(self._transport, self._paths, meter)
        self.reports = ReportsEndpoint(self._transport, self._paths, meter)
        self.account = AccountEndpoint(self._transport, self._paths, meter)


def _check_base_url(base_url: str) -> str:
    try:
        return to_base_url(base_url)
    except ValueError as error:
        hint = f" ({error})" if str(error) else ""
    raise ConfigurationError(f"base_url must be an https address, or http on this machine{hint}.")
