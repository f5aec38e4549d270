"""The account itself: its details and its use of the API."""

from datetime import timedelta

from campaign_assets.emulator.campaign_text import timestamp
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, json_response


def details(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Describe the account: its id, time zone and currency."""
    offset = portal.clock.utc_offset()
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "-" if offset < timedelta(0) else "+"
    return json_response(
        200,
        {
            "portalId": portal.options.portal_id,
            "accountType": "STANDARD",
            "timeZone": portal.options.time_zone,
            "companyCurrency": portal.options.currency,
            "additionalCurrencies": [],
            "utcOffset": f"{sign}{minutes // 60:02d}:{minutes % 60:02d}",
            "utcOffsetMilliseconds": int(offset.total_seconds() * 1000),
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        },
    )


def daily_usage(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Tell how much of the day's requests all private apps have used."""
    return json_response(
        200,
        {
            "results": [
                {
                    "name": "private-apps-api-calls-daily",
                    "usageLimit": portal.limits.daily_limit,
                    "currentUsage": portal.limits.used_today(),
                    "collectedAt": timestamp(portal.clock.now()),
                    "fetchStatus": "SUCCESS",
                    "resetsAt": timestamp(portal.clock.next_midnight()),
                }
            ]
        },
    )
