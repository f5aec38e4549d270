"""The assets of campaigns: the endpoints that list one type of one campaign, and that add and remove one.

What an asset is, is in `models.assets`.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial

from campaign_assets.hubspot.endpoints.arguments import ROWS_PER_PAGE, to_page_query, to_window
from campaign_assets.hubspot.endpoints.endpoint import Endpoint, to_nothing
from campaign_assets.hubspot.endpoints.pagination import list_pages
from campaign_assets.hubspot.models.assets import AssetPage, to_asset_page
from campaign_assets.hubspot.wire.request import Request

MOST_ASSETS = 100_000
"""No campaign has more assets of one type: what goes on after so many does not end."""


class AssetsEndpoint(Endpoint):
    """Lists the assets of one type of one campaign, adds and removes one."""

    def get_page(
        self,
        campaign_id: str,
        asset_type: str,
        *,
        start_date: date | None = None,
        end_date: date | None = None,
        after: str | None = None,
        limit: int = ROWS_PER_PAGE,
    ) -> AssetPage:
        """One page of a campaign's assets of one type.

        Args:
            campaign_id: The campaign.
            asset_type: The type, in HubSpot's spelling.
            start_date: First day of the metrics, inclusive, in the account's time zone.
            end_date: Last day of the metrics, inclusive; metrics come only when both are given.
            after: Cursor of the page, as a response named it.
            limit: Assets in a page, from 1 to 100.

        Raises:
            InvalidRequest: An argument is out of its bounds; nothing was sent.
            HubSpotError: The last failure, after retries.
        """
        query = (*to_page_query(limit, after), *to_window(start_date, end_date))
        request = Request("list_assets", "GET", self._paths.assets(campaign_id, asset_type), query)
        return self._call(request, to_asset_page)

    def list_pages(
        self,
        campaign_id: str,
        asset_type: str,
        *,
        start_date: date | None = None,
        end_date: date | None = None,
        after: str | None = None,
        limit: int = ROWS_PER_PAGE,
    ) -> Iterator[AssetPage]:
        """Every page of a campaign's assets of one type; arguments and errors are those of `get_page`.

        Raises:
            RepeatedCursor: A page points back to one that was read before.
        """
        get = partial(self.get_page, campaign_id, asset_type, start_date=start_date, end_date=end_date, limit=limit)
        return list_pages(lambda cursor: get(after=cursor), after, limit=limit, most_rows=MOST_ASSETS)

    def add(self, campaign_id: str, asset_type: str, asset_id: str) -> None:
        """Adds an existing asset to a campaign; one that is in it already stays in it. Takes the write scope.

        Retried after every failure that may pass: adding twice is adding once.

        Args:
            campaign_id: The campaign.
            asset_type: The asset's type, in HubSpot's spelling.
            asset_id: HubSpot's id of the asset.

        Raises:
            InvalidRequest: An id is empty; nothing was sent.
            NotFound: There is no such campaign or asset.
            HubSpotError: The last failure, after retries.

        Source: HubSpot's API reference (PUT, answered 204).
        """
        path = self._paths.asset(campaign_id, asset_type, asset_id)
        self._call(Request("add_asset", "PUT", path), to_nothing)

    def remove(self, campaign_id: str, asset_type: str, asset_id: str) -> None:
        """Takes an asset out of a campaign; the asset itself stays. Takes the write scope.

        Retried after every failure that may pass; arguments are those of `add`.

        Raises:
            InvalidRequest: An id is empty; nothing was sent.
            NotFound: There is no such campaign or asset.
            HubSpotError: The last failure, after retries.

        Source: HubSpot's API reference (DELETE, answered 204).
        """
        path = self._paths.asset(campaign_id, asset_type, asset_id)
        self._call(Request("remove_asset", "DELETE", path), to_nothing)
