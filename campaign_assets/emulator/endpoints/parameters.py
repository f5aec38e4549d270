"""What a request asks for, by the rules of this portal: which campaign, which properties, which days.

Belongs here: parameters whose meaning the portal's options decide. Not here: limits and cursors, which mean the same in
every portal (`requests`).

Source: HubSpot's Marketing Campaigns API; where it and recorded responses differ, the default is as recorded.
"""

from datetime import date

from campaign_assets.emulator.errors import cannot_be_read, invalid_request, no_campaign
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.properties import KNOWN, forbidden, is_date
from campaign_assets.emulator.requests import ApiRequest, DateRange, checked_guid
from campaign_assets.emulator.state import Campaign

_BEGINNING = date(2006, 1, 1)
"""The first day of a report that names none. Source: HubSpot's Marketing Campaigns API, reports."""


def find_campaign(portal: Portal, campaign_id: str) -> Campaign:
    """Find a campaign by its id, of whatever shape it is.

    Raises:
        ApiError: 404, where there is none; 400, where nothing of this shape can be one.
    """
    campaign = portal.store.get(campaign_id)
    if campaign is None:
        raise no_campaign(checked_guid(campaign_id))
    return campaign


def campaign_of(portal: Portal, request: ApiRequest) -> Campaign:
    """Find the campaign in the path.

    Raises:
        ApiError: 404, where there is none; 400, where nothing of this shape can be one.
    """
    return find_campaign(portal, request.path_values["campaign_id"])


def checked_id(portal: Portal, campaign_id: str) -> str:
    """Give the id of a campaign that there may be: any that the portal has, else a GUID.

    Raises:
        ApiError: 400, where nothing of this shape can be one.
    """
    return campaign_id if portal.store.get(campaign_id) is not None else checked_guid(campaign_id)


def property_names(portal: Portal, request: ApiRequest) -> list[str]:
    """Give the properties asked for; none where none are named.

    Raises:
        ApiError: 400, where the portal does not have one of them, and does not ignore it.
    """
    asked = [name.strip() for name in request.query.get("properties", "").split(",") if name.strip()]
    wrong = forbidden(asked)
    if wrong and not portal.options.ignore_unknown_properties:
        raise cannot_be_read(wrong, KNOWN)
    return asked


def metric_days(portal: Portal, request: ApiRequest) -> DateRange | None:
    """Give the days whose metrics are asked for, or None unless both ends are given.

    Raises:
        ApiError: 400, where an end is no date or the range ends before it starts.
    """
    start, end = _ends(request)
    return None if start is None or end is None else _range(portal, start, end)


def report_days(portal: Portal, request: ApiRequest) -> DateRange:
    """Give the days a report covers, never the future; each end that is not given has its own default.

    Raises:
        ApiError: 400, where an end is no date or the range ends before it starts.
    """
    today = date.fromordinal(portal.clock.timestamp().today)
    start, end = _ends(request)
    days = _range(portal, start or _BEGINNING, end or today)
    return DateRange(days.first, min(days.last, today.toordinal()))


def _ends(request: ApiRequest) -> tuple[date | None, date | None]:
    start, end = _day(request, "startDate"), _day(request, "endDate")
    if start is not None and end is not None and start > end:
        raise invalid_request(f"startDate {start} must not be after endDate {end}")
    return start, end


def _day(request: ApiRequest, name: str) -> date | None:
    text = request.text(name)
    if text is None:
        return None
    if not is_date(text):
        raise invalid_request(f"Invalid {name}: '{text}'. Expected format: YYYY-MM-DD")
    return date.fromisoformat(text)


def _range(portal: Portal, start: date, end: date) -> DateRange:
    return DateRange(start.toordinal(), end.toordinal() - (1 if portal.options.exclusive_end else 0))
