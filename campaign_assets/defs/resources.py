"""What assets, sensors and a user's own ops work with: the HubSpot client and the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
from pydantic import Field, PrivateAttr

from campaign_assets.hubspot import Auth, HubSpotClient, HubSpotError, OAuthAuth, RetryPolicy
from campaign_assets.tables import TableError, TableStore

REQUESTS_TAG = "campaign_assets/requests"
"""The run tag that holds how many requests the run sent to HubSpot."""


class HubSpotResource(dg.ConfigurableResource[Any]):
    """The client of one HubSpot account, opened when it is first used and closed at the end of the run.

    In an asset or an op: `hubspot.client.campaigns.search()`. In a notebook: `with hubspot.open_client() as client:`.
    """

    access_token: str | None = Field(
        default=None,
        description="Token of a private app, or a service key. Give it as an EnvVar: a plain value shows in the UI.",
    )
    client_id: str | None = Field(default=None, description="Client id of an OAuth app, instead of a token.")
    client_secret: str | None = Field(default=None, description="Its client secret. Give it as an EnvVar.")
    refresh_token: str | None = Field(
        default=None, description="Refresh token of the account that installed it. Give it as an EnvVar."
    )
    base_url: str = Field(default="https://api.hubapi.com", description="Root of the API.")
    api_version: str = Field(default="v3", description="v3, or a date version such as 2026-03.")
    rate_limit: int | None = Field(
        default=None, ge=1, description="Requests in 10 seconds at most; unset for what HubSpot allows."
    )
    max_in_flight: int = Field(default=64, ge=1, le=256, description="Requests at once at most.")
    daily_reserve: int = Field(
        default=5, ge=0, le=99, description="Percent of the day's requests that is left to others."
    )

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


class TablesResource(dg.ConfigurableResource[Any]):
    """The store of all tables. In an asset or an op: `tables.store.read(("hubspot", "campaigns"))`."""

    root: str = Field(description="Root of all tables: a folder, or an fsspec address.")

    @property
    def store(self) -> TableStore:
        """The tables below the root."""
        return TableStore(self.root)


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turns the errors that people can mend into failures as Dagster shows them best: the sentence alone.

    The whole step is not tried again: the client has tried again already where that could help.
    """
    try:
        yield
    except (HubSpotError, TableError) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
