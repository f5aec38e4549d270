"""Which path and method leads to which endpoint, and which scopes it takes.

Source: HubSpot's Marketing Campaigns API and Account Information API; both path families have the same shapes, and only
2026-09-beta has more.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from campaign_assets.emulator.endpoints import (
    account,
    assets,
    batch_read,
    campaigns,
    changing,
    cloning,
    money,
    oauth,
    reports,
)
from campaign_assets.emulator.errors import ApiError, method_not_allowed, no_path
from campaign_assets.emulator.options import READ_SCOPE, REVENUE_SCOPES, WRITE_SCOPE
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import BETA, ApiRequest, ApiResponse

_VERSIONS = f"(?:2025-09|2026-03|2026-09|{BETA})"
_CAMPAIGNS = f"(?P<campaigns_path>/marketing/(?:v3/campaigns|campaigns/{_VERSIONS}))"
_ACCOUNT = f"/account-info/(?:v3|{_VERSIONS})"
_NO_CAMPAIGN = "(?!batch/|clone/|asset-types/?$)"
_ONE = f"{_CAMPAIGNS}/(?P<campaign_id>{_NO_CAMPAIGN}[^/]+)"
_BETA_CAMPAIGNS = f"(?P<campaigns_path>/marketing/campaigns/{BETA})"
_CLONE = f"{_BETA_CAMPAIGNS}/clone"
_BETA_ONE = f"(?P<campaign_id>{_NO_CAMPAIGN}[^/]+)"


@dataclass(frozen=True)
class Endpoint:
    """One method on one path; a caller needs any one of `scopes`."""

    name: str
    method: str
    path: re.Pattern[str]
    scopes: tuple[str, ...]
    response: Callable[[Portal, ApiRequest], ApiResponse]


def _endpoint(
    name: str, method: str, path: str, response: Callable[[Portal, ApiRequest], ApiResponse], *scopes: str
) -> Endpoint:
    return Endpoint(name, method, re.compile(f"{path}/?"), scopes, response)


def _money_endpoints(kind: str) -> tuple[Endpoint, ...]:
    items, one = f"{_ONE}/{kind}", f"{_ONE}/{kind}/(?P<item_id>(?!totals/?$)[^/]+)"
    return (
        _endpoint(f"create_{kind}_item", "POST", items, money.create_item(kind), WRITE_SCOPE),
        _endpoint(f"get_{kind}_item", "GET", one, money.get_item(kind), READ_SCOPE),
        _endpoint(f"update_{kind}_item", "PUT", one, money.update_item(kind), WRITE_SCOPE),
        _endpoint(f"delete_{kind}_item", "DELETE", one, money.delete_item(kind), WRITE_SCOPE),
    )


_BATCH = f"{_CAMPAIGNS}/batch"
_ASSETS = f"{_ONE}/assets/(?P<asset_type>[^/]+)"
_ASSET = f"{_ASSETS}/(?P<asset_id>[^/]+)"
_REPORTS = f"{_ONE}/reports"

ENDPOINTS: tuple[Endpoint, ...] = (
    _endpoint("batch_read", "POST", f"{_BATCH}/read", batch_read.batch_read, READ_SCOPE),
    _endpoint("list_assets", "GET", _ASSETS, assets.list_assets, READ_SCOPE),
    _endpoint("search", "GET", _CAMPAIGNS, campaigns.search, READ_SCOPE),
    _endpoint("get", "GET", _ONE, campaigns.get, READ_SCOPE),
    _endpoint("create", "POST", _CAMPAIGNS, changing.create, WRITE_SCOPE),
    _endpoint("update", "PATCH", _ONE, changing.update, WRITE_SCOPE),
    _endpoint("delete", "DELETE", _ONE, changing.delete, WRITE_SCOPE),
    _endpoint("batch_create", "POST", f"{_BATCH}/create", changing.batch_create, WRITE_SCOPE),
    _endpoint("batch_update", "POST", f"{_BATCH}/update", changing.batch_update, WRITE_SCOPE),
    _endpoint("batch_archive", "POST", f"{_BATCH}/archive", changing.batch_archive, WRITE_SCOPE),
    _endpoint("add_asset", "PUT", _ASSET, assets.add, WRITE_SCOPE),
    _endpoint("remove_asset", "DELETE", _ASSET, assets.remove, WRITE_SCOPE),
    _endpoint("budget_totals", "GET", f"{_ONE}/budget/totals", money.totals, READ_SCOPE),
    *_money_endpoints("budget"),
    *_money_endpoints("spend"),
    _endpoint("report_metrics", "GET", f"{_REPORTS}/metrics", reports.metrics, READ_SCOPE),
    _endpoint("report_revenue", "GET", f"{_REPORTS}/revenue", reports.revenue, *REVENUE_SCOPES),
    _endpoint("report_contacts", "GET", f"{_REPORTS}/contacts/(?P<contact_type>[^/]+)", reports.contacts, READ_SCOPE),
    _endpoint("asset_types", "GET", f"{_BETA_CAMPAIGNS}/asset-types", cloning.asset_types, READ_SCOPE),
    _endpoint("clone", "POST", f"{_BETA_CAMPAIGNS}/{_BETA_ONE}/clone", cloning.clone, WRITE_SCOPE),
    _endpoint("cloneable_asset_types", "GET", f"{_CLONE}/asset-types", cloning.cloneable_asset_types, READ_SCOPE),
    _endpoint("clone_status", "GET", f"{_CLONE}/{_BETA_ONE}/status", cloning.clone_status, READ_SCOPE),
    _endpoint("account_details", "GET", f"{_ACCOUNT}/details", account.details),
    _endpoint("daily_usage", "GET", f"{_ACCOUNT}/api-usage/daily/private-apps", account.daily_usage),
    _endpoint("oauth_token", "POST", f"/oauth/(?:v1|v3|{_VERSIONS})/token", oauth.token),
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
