"""The client: one account's API, its endpoints in groups.

    with HubSpotClient(token) as hubspot:
        for page in hubspot.campaigns.list_pages():
            ...

It knows no table and no Dagster. Safe to use from several threads.
"""

from types import TracebackType
from urllib.parse import urlsplit

from campaign_assets.hubspot.base_url import BASE_URL, to_base_url
from campaign_assets.hubspot.clock import Clock, SystemClock
from campaign_assets.hubspot.endpoints.account import AccountEndpoint
from campaign_assets.hubspot.endpoints.assets import AssetsEndpoint
from campaign_assets.hubspot.endpoints.campaigns import CampaignsEndpoint
from campaign_assets.hubspot.endpoints.clones import ClonesEndpoint
from campaign_assets.hubspot.endpoints.money import BudgetEndpoint, SpendEndpoint
from campaign_assets.hubspot.endpoints.paths import API_VERSION, Paths
from campaign_assets.hubspot.endpoints.reports import ReportsEndpoint
from campaign_assets.hubspot.errors import ConfigurationError
from campaign_assets.hubspot.limits.daily_quota import DAILY_RESERVE
from campaign_assets.hubspot.limits.throttle import Throttle
from campaign_assets.hubspot.wire.auth import Auth, TokenAuth
from campaign_assets.hubspot.wire.request_counter import RequestCounter
from campaign_assets.hubspot.wire.retry import RetryPolicy
from campaign_assets.hubspot.wire.transport import Transport

MAX_IN_FLIGHT = 64
"""Requests at once at most: two seconds of latency at the highest rate that HubSpot sells need fifty."""


class HubSpotClient:
    """HubSpot's Marketing Campaigns API for one account.

    Attributes:
        campaigns: Search, get, create, update and delete campaigns, one at a time or in batches.
        assets: List the assets of a campaign, add and remove them.
        budget: The budget items of a campaign, and its totals.
        spend: The spend items of a campaign.
        clones: The account's own asset types, and copies of campaigns (from version 2026-09-beta on).
        reports: What a campaign brought: contacts, sessions, revenue.
        account: The account itself.
        max_in_flight: Requests at once at most.
        throttle: When requests may leave, and what the responses have taught about that.
    """

    def __init__(
        self,
        auth: Auth | str,
        *,
        base_url: str = BASE_URL,
        api_version: str = API_VERSION,
        rate_limit: int | None = None,
        rate_reserve: float = 0.0,
        max_in_flight: int = MAX_IN_FLIGHT,
        daily_reserve: float = DAILY_RESERVE,
        retry: RetryPolicy | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Opens no connection yet.

        Args:
            auth: Who we are: the token of a private app or a service key, or an `OAuthAuth`.
            base_url: Root of the API.
            api_version: `v3`, or a date version such as `2026-03`.
            rate_limit: Requests in 10 seconds at most; None for what HubSpot allows.
            rate_reserve: Share of what HubSpot allows in 10 seconds, from 0 to 1, that is always left to others.
            max_in_flight: Requests at once at most; as many as latency and rate need are found out.
            daily_reserve: Share of the day's requests, from 0 to 1, that is left to others.
            retry: When a request is sent again.
            clock: Time.

        Raises:
            ConfigurationError: The token is empty or holds what no token holds, the address is not https (http only
                on this machine), there is no such version, or the environment's proxy or certificates are none.
        """
        clock = clock or SystemClock()
        self._paths = Paths(api_version)
        base_url = _check_base_url(base_url)
        self.max_in_flight = max_in_flight
        self.throttle = Throttle(
            clock,
            rate_limit=rate_limit,
            rate_reserve=rate_reserve,
            max_in_flight=max_in_flight,
            daily_reserve=daily_reserve,
        )
        self.host = urlsplit(base_url).netloc
        self._transport = Transport(
            base_url,
            TokenAuth(auth) if isinstance(auth, str) else auth,
            token_path=self._paths.oauth_token,
            throttle=self.throttle,
            retry=retry or RetryPolicy(),
            clock=clock,
            max_in_flight=max_in_flight,
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
    def counter(self) -> RequestCounter:
        """Counts every request of this account."""
        return self._transport.counter

    def counted(self, counter: RequestCounter) -> "HubSpotClient":
        """The same client, whose requests also count in another counter. It need not be closed."""
        twin = object.__new__(HubSpotClient)
        twin.max_in_flight, twin.throttle, twin.host = self.max_in_flight, self.throttle, self.host
        twin._transport, twin._paths = self._transport, self._paths
        twin._open_endpoints(counter)
        return twin

    def _open_endpoints(self, counter: RequestCounter | None) -> None:
        self.campaigns = CampaignsEndpoint(self._transport, self._paths, counter)
        self.assets = AssetsEndpoint(self._transport, self._paths, counter)
        self.budget = BudgetEndpoint(self._transport, self._paths, counter)
        self.spend = SpendEndpoint(self._transport, self._paths, counter)
        self.clones = ClonesEndpoint(self._transport, self._paths, counter)
        self.reports = ReportsEndpoint(self._transport, self._paths, counter)
        self.account = AccountEndpoint(self._transport, self._paths, counter)


def _check_base_url(base_url: str) -> str:
    try:
        return to_base_url(base_url)
    except ValueError as error:
        hint = f" ({error})" if str(error) else ""
    raise ConfigurationError(f"base_url must be an https address, or http on this machine{hint}.")
