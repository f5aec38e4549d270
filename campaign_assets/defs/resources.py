"""What assets, sensors and a user's own ops work with: the HubSpot client and the tables."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg
from pydantic import Field, PrivateAttr

from campaign_assets.hubspot import Auth, HubSpotClient, HubSpotError, OAuthAuth, RetryPolicy
from campaign_assets.setting_values import WholeNumber
from campaign_assets.settings import ACCESS_TOKEN, DEFAULTS, OAUTH, VARIABLES, Settings, find_variable
from campaign_assets.tables import StorageError, TableStore

REQUESTS_TAG = "campaign_assets/requests"
"""The run tag that holds how many requests the run sent to HubSpot."""


def build_setting_field(setting: str) -> Any:
    """A field of a resource as a setting declares it: default, bounds and meaning."""
    variable = find_variable(setting)
    default, parse = getattr(DEFAULTS, setting), variable.parse
    if isinstance(parse, WholeNumber):
        return Field(default=default, description=variable.meaning, ge=parse.lowest, le=parse.highest)
    return Field(default=default, description=variable.meaning)


def describe_secret(secret: str) -> str:
    """The description of a field that takes a secret: its variable's meaning, and how it is given.

    Args:
        secret: Name of the variable.
    """
    (variable,) = [variable for variable in VARIABLES if variable.name == secret]
    return f"{variable.meaning} Give it as an EnvVar: a plain value shows in the UI."


class HubSpotResource(dg.ConfigurableResource[Any]):
    """The client of one HubSpot account, opened when it is first used and closed at the end of the run.

    In an asset or an op: `hubspot.client.campaigns.search()`. In a notebook: `with hubspot.open_client() as client:`.
    """

    access_token: str | None = Field(default=None, description=describe_secret(ACCESS_TOKEN))
    client_id: str | None = Field(default=None, description=describe_secret(OAUTH["client_id"]))
    client_secret: str | None = Field(default=None, description=describe_secret(OAUTH["client_secret"]))
    refresh_token: str | None = Field(default=None, description=describe_secret(OAUTH["refresh_token"]))
    base_url: str = build_setting_field("hubspot_base_url")
    api_version: str = build_setting_field("hubspot_api_version")
    rate_limit: int | None = build_setting_field("hubspot_rate_limit")
    rate_reserve: int = build_setting_field("hubspot_rate_reserve")
    max_in_flight: int = build_setting_field("hubspot_max_in_flight")
    daily_reserve: int = build_setting_field("hubspot_daily_reserve")

    _client: HubSpotClient | None = PrivateAttr(default=None)

    def open_client(self, retry: RetryPolicy | None = None) -> HubSpotClient:
        """A new client, for the caller to close.

        Args:
            retry: When a request is sent again; the client's own rule where None.

        Raises:
            ConfigurationError: A setting is missing or wrong.
        """
        return HubSpotClient(
            self._make_auth(),
            base_url=self.base_url,
            api_version=self.api_version,
            rate_limit=self.rate_limit,
            rate_reserve=self.rate_reserve / 100,
            max_in_flight=self.max_in_flight,
            daily_reserve=self.daily_reserve / 100,
            retry=retry,
        )

    def _make_auth(self) -> Auth | str:
        if self.client_id or self.client_secret or self.refresh_token:
            return OAuthAuth(self.client_id or "", self.client_secret or "", self.refresh_token or "")
        return self.access_token or ""

    @property
    def client(self) -> HubSpotClient:
        """The run's client.

        Raises:
            ConfigurationError: A setting is missing or wrong.
        """
        if self._client is None:
            self._client = self.open_client()
        return self._client

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Closes the client, and notes in the run how many requests it took."""
        client, self._client = self._client, None
        if client is None:
            return
        client.close()
        if context.run and context.instance and context.log:
            run = context.instance.get_run_by_id(context.run.run_id) or context.run
            # Where each step is a process of its own, each adds its part.
            total = int(run.tags.get(REQUESTS_TAG, "0")) + client.counter.requests
            context.instance.add_run_tags(run.run_id, {REQUESTS_TAG: str(total)})
            context.log.info(f"Requests to HubSpot in this run: {total} {client.counter.by_endpoint}.")


def build_hubspot_resource(settings: Settings, environ: Mapping[str, str] | None = None) -> HubSpotResource:
    """The account that the settings name.

    Args:
        settings: What the environment says.
        environ: Where the credentials are taken from at once. Where None, a run takes them from its environment when
            it begins: as an EnvVar they show in the UI by their names only, and where one is not set, the first use
            says so.
    """
    return HubSpotResource(
        **{
            field: environ[name] if environ is not None else dg.EnvVar(name)
            for field, name in settings.credentials.items()
        },
        base_url=settings.hubspot_base_url,
        api_version=settings.hubspot_api_version,
        rate_limit=settings.hubspot_rate_limit,
        rate_reserve=settings.hubspot_rate_reserve,
        max_in_flight=settings.hubspot_max_in_flight,
        daily_reserve=settings.hubspot_daily_reserve,
    )


class TablesResource(dg.ConfigurableResource[Any]):
    """The store of all tables. In an asset or an op: `tables.store.read(("hubspot", "campaigns"))`."""

    root: str = Field(description="Root of all tables: a folder, or an fsspec address.")

    @property
    def store(self) -> TableStore:
        """The tables below the root."""
        return TableStore(self.root)


@contextmanager
def plain_failures(say: Callable[[str], str] = str) -> Iterator[None]:
    """Turns the errors that people can mend into failures as Dagster shows them best: the sentence alone.

    The whole step is not tried again: the client has tried again already where that could help.

    Args:
        say: The sentence in the words of a portal.
    """
    try:
        yield
    except (HubSpotError, StorageError) as error:
        raise dg.Failure(description=say(str(error)), allow_retries=False) from error
