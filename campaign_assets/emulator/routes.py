"""Which path and method leads to which endpoint, and which scopes it takes.

Source: HubSpot's Marketing Campaigns API and Account Information API; both path families have the same shapes.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from campaign_assets.emulator.endpoints import account, assets, batches, campaigns
from campaign_assets.emulator.errors import ApiError, method_not_allowed, no_path
from campaign_assets.emulator.options import READ_SCOPE
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import Answer, ApiRequest

_VERSIONS = "(?:2026-03|2026-09|2026-09-beta)"
_CAMPAIGNS = f"(?P<campaigns_path>/marketing/(?:v3/campaigns|campaigns/{_VERSIONS}))"
_ACCOUNT = f"/account-info/(?:v3|{_VERSIONS})"
_ONE = f"{_CAMPAIGNS}/(?P<campaign_id>(?!batch/)[^/]+)"


@dataclass(frozen=True)
class Endpoint:
    """One method on one path; a caller needs any one of `scopes`."""

    name: str
    method: str
    path: re.Pattern[str]
    scopes: tuple[str, ...]
    answer: Callable[[Portal, ApiRequest], Answer]


def _endpoint(
    name: str, method: str, path: str, answer: Callable[[Portal, ApiRequest], Answer], *scopes: str
) -> Endpoint:
    return Endpoint(name, method, re.compile(f"{path}/?"), scopes, answer)


ENDPOINTS: tuple[Endpoint, ...] = (
    _endpoint("search", "GET", _CAMPAIGNS, campaigns.search, READ_SCOPE),
    _endpoint("get", "GET", _ONE, campaigns.get, READ_SCOPE),
    _endpoint("batch_read", "POST", f"{_CAMPAIGNS}/batch/read", batches.batch_read, READ_SCOPE),
    _endpoint("list_assets", "GET", f"{_ONE}/assets/(?P<asset_type>[^/]+)", assets.list_assets, READ_SCOPE),
    _endpoint("account_details", "GET", f"{_ACCOUNT}/details", account.details),
    _endpoint("daily_usage", "GET", f"{_ACCOUNT}/api-usage/daily/private-apps", account.daily_usage),
)


def endpoint_for(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    """Find the endpoint of a request, and what its path's placeholders hold.

    Raises:
        ApiError: 404, where the path is not served; 405, where it is, but not with this method.
    """
    allowed: list[str] = []
    for endpoint in ENDPOINTS:
        match = endpoint.path.fullmatch(path)
        if match is None:
            continue
        if endpoint.method == method:
            return endpoint, match.groupdict()
        allowed.append(endpoint.method)
    raise method_not_allowed(_distinct(allowed)) if allowed else no_path()


def endpoint_name(method: str, path: str) -> tuple[str, dict[str, str]]:
    """Name the endpoint of a request, `unknown` where there is none, and what its path's placeholders hold."""
    try:
        endpoint, values = endpoint_for(method, path)
    except ApiError:
        return "unknown", {}
    return endpoint.name, values


def _distinct(methods: Iterable[str]) -> list[str]:
    return sorted(set(methods))
