"""Reports on single campaigns: attributed contacts and sessions, attributed revenue, and the contacts themselves.

HubSpot has no batch form of any: one request for each campaign. Daily metrics of assets are not here but in
`campaigns` and `assets`.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial

from campaign_assets.hubspot.endpoints.arguments import ROWS_PER_PAGE, to_page_query, to_window
from campaign_assets.hubspot.endpoints.endpoint import Endpoint
from campaign_assets.hubspot.endpoints.pagination import list_pages
from campaign_assets.hubspot.models.enums import AttributionModel, ContactType, check_known
from campaign_assets.hubspot.models.reports import (
    AttributionMetrics,
    ContactPage,
    RevenueAttribution,
    to_attribution_metrics,
    to_contact_page,
    to_revenue_attribution,
)
from campaign_assets.hubspot.wire.request import Request

_MOST_CONTACTS = 10_000
"""Contacts in a page at most: HubSpot's reference, which names 100 for other pages, names no limit here."""


class ReportsEndpoint(Endpoint):
    """Reads the reports on campaigns. Every one is retried after every failure that may pass.

    Days are inclusive and in the account's time zone. Without dates a report covers 2006-01-01 to today.
    """

    def get_metrics(
        self, campaign_id: str, *, start_date: date | None = None, end_date: date | None = None
    ) -> AttributionMetrics:
        """The sessions and contacts that a campaign brought.

        Args:
            campaign_id: The campaign.
            start_date: First day.
            end_date: Last day.

        Raises:
            InvalidRequest: An argument is not as HubSpot takes it; nothing was sent.
            NotFound: There is no such campaign.
            HubSpotError: The last failure, after retries.
        """
        query = to_window(start_date, end_date, both=False)
        path = self._paths.report(campaign_id, "metrics")
        return self._call(Request("report_metrics", "GET", path, query), to_attribution_metrics)

    def get_revenue(
        self,
        campaign_id: str,
        *,
        attribution_model: AttributionModel | str | None = None,
        start_date: date | None = None,
        end_date: date | None = None,
    ) -> RevenueAttribution:
        """The revenue that a model credits to a campaign.

        Takes any of the scopes `marketing.campaigns.revenue.read`, `.revenue.lite.read` and `.revenue.full.read`.

        Args:
            campaign_id: The campaign.
            attribution_model: How a deal is credited to interactions; HubSpot takes LINEAR where None.
            start_date: First day.
            end_date: Last day.

        Raises:
            InvalidRequest: An argument is not as HubSpot takes it; nothing was sent.
            MissingScopes: The token has none of the three scopes.
            NotFound: There is no such campaign.
            HubSpotError: The last failure, after retries.
        """
        model = attribution_model
        query = (
            (
                "attributionModel",
                None if model is None else check_known("attribution_model", model, AttributionModel),
            ),
            *to_window(start_date, end_date, both=False),
        )
        path = self._paths.report(campaign_id, "revenue")
        return self._call(Request("report_revenue", "GET", path, query, exact=True), to_revenue_attribution)

    def get_contacts_page(
        self,
        campaign_id: str,
        contact_type: ContactType | str,
        *,
        start_date: date | None = None,
        end_date: date | None = None,
        after: str | None = None,
        limit: int = ROWS_PER_PAGE,
    ) -> ContactPage:
        """One page of the contacts that a campaign brought.

        Args:
            campaign_id: The campaign.
            contact_type: Which contacts.
            start_date: First day.
            end_date: Last day.
            after: Cursor of the page, as a response named it.
            limit: Contacts in a page. HubSpot names no largest number; its own is 100.

        Raises:
            InvalidRequest: An argument is not as HubSpot takes it; nothing was sent.
            NotFound: There is no such campaign.
            HubSpotError: The last failure, after retries.
        """
        query = (*to_page_query(limit, after, _MOST_CONTACTS), *to_window(start_date, end_date, both=False))
        path = self._paths.report(campaign_id, "contacts", check_known("contact_type", contact_type, ContactType))
        return self._call(Request("report_contacts", "GET", path, query), to_contact_page)

    def list_contacts_pages(
        self,
        campaign_id: str,
        contact_type: ContactType | str,
        *,
        start_date: date | None = None,
        end_date: date | None = None,
        after: str | None = None,
        limit: int = ROWS_PER_PAGE,
    ) -> Iterator[ContactPage]:
        """Every page of the contacts; arguments and errors are those of `get_contacts_page`.

        Raises:
            RepeatedCursor: A page points back to one that was read before.
        """
        get = partial(
            self.get_contacts_page, campaign_id, contact_type, start_date=start_date, end_date=end_date, limit=limit
        )
        return list_pages(lambda cursor: get(after=cursor), after, limit=limit)
