"""Single campaigns and searches for them: the endpoints that search, get, create, update and delete.

Batches are in `campaign_batches`, what a campaign is in `models.campaigns`, what is written of one in
`campaign_fields`.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from campaign_assets.hubspot.endpoints.arguments import ROWS_PER_PAGE, check_text, to_names, to_page_query, to_window
from campaign_assets.hubspot.endpoints.campaign_batches import CAMPAIGNS_PER_BATCH, CampaignBatches, to_created
from campaign_assets.hubspot.endpoints.campaign_fields import CampaignFields
from campaign_assets.hubspot.endpoints.endpoint import to_nothing
from campaign_assets.hubspot.endpoints.pagination import list_pages
from campaign_assets.hubspot.models.campaigns import (
    Campaign,
    CampaignPage,
    to_asked_campaign,
    to_campaign,
    to_campaign_page,
)
from campaign_assets.hubspot.models.enums import CampaignSort, check_known
from campaign_assets.hubspot.wire.request import Request

__all__ = ["CAMPAIGNS_PER_BATCH", "CampaignsEndpoint"]


class CampaignsEndpoint(CampaignBatches):
    """Searches, gets, creates, updates and deletes campaigns, one at a time and in batches."""

    def search(
        self,
        *,
        name: str | None = None,
        sort: CampaignSort | str | None = None,
        properties: Sequence[str] = (),
        after: str | None = None,
        limit: int = ROWS_PER_PAGE,
    ) -> CampaignPage:
        """One page of a search, without assets. Retried after every failure that may pass.

        Args:
            name: Only campaigns whose name contains this.
            sort: What to sort by; HubSpot sorts by name where None.
            properties: Properties to answer.
            after: Cursor of the page, as a response named it.
            limit: Campaigns in a page, from 1 to 100.

        Raises:
            InvalidRequest: An argument is out of its bounds; nothing was sent.
            ForbiddenProperties: The account has no such property.
            HubSpotError: The last failure, after retries.
        """
        query = (
            ("name", None if name is None else check_text("name", name)),
            ("sort", None if sort is None else check_known("sort", sort, CampaignSort)),
            *to_page_query(limit, after),
            ("properties", to_names(properties)),
        )
        return self._call(Request("search", "GET", self._paths.campaigns, query), to_campaign_page)

    def list_pages(
        self,
        *,
        name: str | None = None,
        sort: CampaignSort | str | None = None,
        properties: Sequence[str] = (),
        after: str | None = None,
        limit: int = ROWS_PER_PAGE,
    ) -> Iterator[CampaignPage]:
        """Every page of a search; arguments and errors are those of `search`.

        HubSpot's cursors are offsets: where campaigns come or go meanwhile, rows can repeat or be missed, so
        compare what came with `total`.

        Raises:
            RepeatedCursor: A page points back to one that was read before.
        """
        get = partial(self.search, name=name, sort=sort, properties=properties, limit=limit)
        return list_pages(lambda cursor: get(after=cursor), after, limit=limit)

    def get(
        self,
        campaign_id: str,
        *,
        properties: Sequence[str] = (),
        start_date: date | None = None,
        end_date: date | None = None,
    ) -> Campaign:
        """One campaign with the first 50 assets of each of its types. Retried after every failure that may pass.

        Args:
            campaign_id: The campaign.
            properties: Properties to answer.
            start_date: First day of the assets' metrics, inclusive, in the account's time zone.
            end_date: Last day of the metrics, inclusive; metrics come only when both are given.

        Raises:
            NotFound: There is no such campaign.
            InvalidRequest: An argument is out of its bounds; nothing was sent.
            HubSpotError: The last failure, after retries.
        """
        query = (("properties", to_names(properties)), *to_window(start_date, end_date))
        request = Request("get", "GET", self._paths.campaign(campaign_id), query)
        parse = partial(to_asked_campaign, campaign_id, has_properties=bool(query[0][1]))
        return self._call(request, parse)

    def create(self, campaign: CampaignFields) -> Campaign:
        """Makes a campaign and returns it with the properties that were written. Takes the write scope.

        Not idempotent: sent again only where HubSpot surely did nothing (no connection, 423, 429, an expired token).
        After any other failure search for the name before you call again.

        Args:
            campaign: What to write; needs a name that the account does not have.

        Raises:
            InvalidRequest: Something is not as HubSpot takes it; nothing was sent.
            BadRequest: HubSpot refuses it, for a name that is taken (409) for example.
            ConnectionFailed: The response was lost; `sent` says whether the campaign may have been made.
            HubSpotError: The last failure, after retries.

        Source: HubSpot's API reference (POST, answered 201).
        """
        body = {"properties": to_created(campaign)}
        request = Request("create", "POST", self._paths.campaigns, body=body, idempotent=False)
        return self._call(request, to_campaign)

    def update(self, campaign_id: str, changes: CampaignFields) -> Campaign:
        """Changes a campaign and returns it with the properties that were written. Takes the write scope.

        Retried after every failure that may pass: writing the same values twice is writing them once.

        Args:
            campaign_id: The campaign.
            changes: What to write; an empty text resets a property.

        Raises:
            InvalidRequest: Something is not as HubSpot takes it; nothing was sent.
            NotFound: There is no such campaign.
            BadRequest: HubSpot refuses it, for a property that the account does not have for example.
            HubSpotError: The last failure, after retries.

        Source: HubSpot's API reference (PATCH, answered 200).
        """
        body = {"properties": changes.to_properties()}
        return self._call(Request("update", "PATCH", self._paths.campaign(campaign_id), body=body), to_campaign)

    def delete(self, campaign_id: str) -> None:
        """Deletes a campaign; one that does not exist is no error. Takes the write scope.

        Retried after every failure that may pass.

        Args:
            campaign_id: The campaign.

        Raises:
            InvalidRequest: The id is empty; nothing was sent.
            HubSpotError: The last failure, after retries.

        Source: HubSpot's API reference (DELETE, answered 204 whether it existed or not).
        """
        self._call(Request("delete", "DELETE", self._paths.campaign(campaign_id)), to_nothing)
