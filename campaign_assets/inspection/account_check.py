"""Is the HubSpot account ready to be read: token, time zone, scopes, limits, version.

Five requests at most, each of them a reading, none of which is tried again: what fails now is to be said now.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from campaign_assets.days import keep_same_time
from campaign_assets.extract.estimate import Limits, read_limits
from campaign_assets.hubspot import (
    AccountDetails,
    CampaignPage,
    Forbidden,
    HubSpotClient,
    HubSpotError,
    MissingScopes,
    WrongRegion,
)
from campaign_assets.inspection.findings import Finding
from campaign_assets.plain_text import to_line
from campaign_assets.settings import ACCESS_TOKEN, Settings

READ_SCOPE = "marketing.campaigns.read"
REVENUE_SCOPE = "marketing.campaigns.revenue.read"
WRITE_SCOPE = "marketing.campaigns.write"
_SUBJECTS = ("time zone", "currency", f"scope {READ_SCOPE}", f"scope {REVENUE_SCOPE}", "rate limit", "daily quota")
_END_OF_V3 = date(2027, 9, 1)
"""From then on v1 to v3 are unsupported. Source: HubSpot's developer changelog."""
_MONTHS_OF_SUPPORT = 18
"""A date version is unsupported so long after its release. Source: HubSpot's page on API versioning."""
_NEXT_VERSION = "2026-03"


def check_account(settings: Settings, open_client: Callable[[], HubSpotClient], now: datetime) -> list[Finding]:
    """What is found of the account, in the order in which it should be put right.

    Args:
        settings: What the environment says.
        open_client: Opens the client of the account.
        now: The present time, with its time zone.
    """
    findings = [_describe_credentials(settings)]
    if settings.credentials:
        try:
            with open_client() as client:
                findings += _ask(settings, client, now)
        except HubSpotError as error:
            findings += _leave("account", str(error))
    else:
        findings += _leave("account", "nobody can be asked without a token.")
    return [*findings, check_version(settings.hubspot_api_version, now.date())]


def _describe_credentials(settings: Settings) -> Finding:
    if not settings.credentials:
        return Finding(
            "token",
            False,
            f"{ACCESS_TOKEN} is not set: set it to a HubSpot service key, or the token of a private app, with the "
            f"scope {READ_SCOPE}.",
        )
    kind = "a private app's token, or a service key" if "access_token" in settings.credentials else "an OAuth app"
    return Finding("token", True, f"{kind}, from {', '.join(settings.credentials.values())}.")


def _leave(subject: str, text: str) -> list[Finding]:
    rest = [Finding(name, None, "not asked, since the account did not answer.") for name in _SUBJECTS]
    return [Finding(subject, False, text), *rest]


def _ask(settings: Settings, client: HubSpotClient, now: datetime) -> Iterator[Finding]:
    try:
        account = client.account.get_details()
    except WrongRegion as error:
        yield from _leave("region", str(error))
        return
    except HubSpotError as error:
        yield from _leave("account", str(error))
        return
    kind = f", {to_line(account.account_type)}" if account.account_type else ""
    yield Finding("account", True, f"portal {to_line(account.portal_id)}{kind}.")
    yield _describe_region(client.host, account)
    yield check_time_zone(settings.time_zone, account.time_zone, now.year)
    currency = account.company_currency
    yield Finding("currency", bool(currency) or None, f"{to_line(currency)}." if currency else "HubSpot names none.")
    yield from _check_scopes(settings, client)
    yield from _check_limits(settings, client)


def check_time_zone(ours: str, theirs: str | None, year: int) -> Finding:
    """Whether the days of the tables are the account's.

    Args:
        ours: The time zone of the settings.
        theirs: That of the account, as HubSpot says it; None where it says none.
        year: The year in which the clocks are compared.
    """
    same = None if theirs is None else keep_same_time(ours, theirs, year)
    said = "none" if theirs is None else to_line(theirs)
    texts = {
        None: f"HubSpot says {said}, which cannot be compared with CAMPAIGN_ASSETS_TIMEZONE, {ours}.",
        True: f"{said}, and CAMPAIGN_ASSETS_TIMEZONE is {ours}: days close at the same time.",
        False: f"the account's is {said}, but CAMPAIGN_ASSETS_TIMEZONE is {ours}: set it to the account's, "
        "and read the days again that were read.",
    }
    return Finding("time zone", same, texts[same])


def _describe_region(host: str, account: AccountDetails) -> Finding:
    hosted = account.extra.get("dataHostingLocation")
    where = f"; its data lie in {to_line(hosted)}" if isinstance(hosted, str) else ""
    return Finding("region", True, f"{host} answers for it{where}.")


def _check_scopes(settings: Settings, client: HubSpotClient) -> Iterator[Finding]:
    subject = f"scope {READ_SCOPE}"
    page: CampaignPage | None = None
    try:
        page = client.campaigns.search(limit=1)
        yield Finding(
            subject, True, f"campaigns, their assets, metrics, budgets and contacts; {page.total:,} campaigns."
        )
    except Forbidden as error:
        advice = "" if isinstance(error, MissingScopes) and error.required_scopes else f" {Forbidden.default_advice}"
        yield Finding(subject, False, f"no table can be filled: {error}{advice}")
    except HubSpotError as error:
        yield Finding(subject, False, f"campaigns cannot be read: {error}")
    yield _check_revenue(settings, client, page)
    yield Finding(
        f"scope {WRITE_SCOPE}", None, "not tried: the product never writes to HubSpot; grant it to no reader."
    )


def _check_revenue(settings: Settings, client: HubSpotClient, page: CampaignPage | None) -> Finding:
    subject = f"scope {REVENUE_SCOPE}"
    if not settings.revenue_models:
        return Finding(subject, None, "not needed: CAMPAIGN_ASSETS_REVENUE_MODELS is none.")
    if page is None or not page.results:
        return Finding(subject, None, "not asked, for want of a campaign.")
    try:
        client.reports.get_revenue(page.results[0].id)
    except MissingScopes as error:
        return Finding(
            subject,
            False,
            f"the revenue of campaigns cannot be read: {error} Or set CAMPAIGN_ASSETS_REVENUE_MODELS=none.",
        )
    except HubSpotError as error:
        return Finding(subject, False, f"the revenue of campaigns cannot be read: {error}")
    return Finding(subject, True, "the revenue of campaigns.")


def _check_limits(settings: Settings, client: HubSpotClient) -> Iterator[Finding]:
    own = f", as HUBSPOT_RATE_LIMIT says {settings.hubspot_rate_limit}" if settings.hubspot_rate_limit else ""
    if "access_token" not in settings.credentials:
        yield _describe_rate(client.throttle.limiter.limit, own)
        yield Finding("daily quota", None, "an OAuth app has no limit of a day's requests.")
        return
    try:
        limits = read_limits(client)
    except HubSpotError as error:
        yield _describe_rate(client.throttle.limiter.limit, own)
        yield Finding("daily quota", False, f"the account does not say what is left: {error}")
        return
    yield _describe_rate(limits.rate, own)
    yield check_quota(limits, settings.hubspot_daily_reserve)


def _describe_rate(limit: int, own: str) -> Finding:
    return Finding("rate limit", True, f"at most {limit:,} requests in 10 seconds{own}.")


def check_quota(limits: Limits, reserve: int) -> Finding:
    """Whether the day has requests left.

    Args:
        limits: What the account says.
        reserve: Percent of the day's requests that a run leaves to others.
    """
    if limits.left_today is None:
        return Finding("daily quota", None, "the account names no limit of a day's requests.")
    anew = f"; the count begins anew at {limits.resets_at:%Y-%m-%d %H:%M} UTC" if limits.resets_at else ""
    text = f"{limits.left_today:,} of {limits.daily:,} requests are left today{anew}."
    if limits.left_today > limits.daily * reserve / 100:
        return Finding("daily quota", True, text)
    return Finding(
        "daily quota", False, f"{text} HUBSPOT_DAILY_RESERVE leaves {reserve} percent to others: run again after that."
    )


def check_version(version: str, today: date) -> Finding:
    """Whether HubSpot supports a version of the API.

    Args:
        version: `v3`, or a date version.
        today: The present day.
    """
    if version.endswith("-beta"):
        return Finding("API version", True, f"{version}, which HubSpot may change at any time.")
    end = _END_OF_V3
    if version != "v3":
        year, month = map(int, version.split("-"))
        months = year * 12 + month - 1 + _MONTHS_OF_SUPPORT
        end = date(months // 12, months % 12 + 1, 1)
    if today < end:
        return Finding("API version", True, f"{version}, which HubSpot supports until {end:%Y-%m}.")
    return Finding(
        "API version",
        False,
        f"{version}, which HubSpot supports no more since {end:%Y-%m}: set HUBSPOT_API_VERSION to a newer one than "
        f"{version}, such as {max(_NEXT_VERSION, f'{today.year}-03')}.",
    )
