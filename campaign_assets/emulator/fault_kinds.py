"""The usual faults by name, for a plan: what each is, as data.

Belongs here: the catalogue. Not here: how often one strikes (`fault_plan`), how it is carried out (`failing`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from campaign_assets.emulator import absence, damage
from campaign_assets.emulator.requests import ApiRequest

_STRUCK_TYPE = "MARKETING_EMAIL"
"""The type that lists fail for."""
_SPOILER = re.compile(rb'"id": ?"0')
"""Campaigns whose id begins so spoil their batches."""
_PAGES = ("search", "list_assets")
_METRICS = ("batch_read", "list_assets")
_COPIES = ("search", "batch_read", "list_assets")
_CAMPAIGNS = ("search", "batch_read", "get")
_EXPIRED = "The OAuth token used to make this call expired."
_NO_TOKEN = "The access token is not valid."  # noqa: S105 - a sentence
_ELSEWHERE = "Hub 12345678 is unknown to this Hublet na1. It exists in Hublet eu1"
_NO_SCOPE = "This app hasn't been granted all required scopes to make this call."
_TEN_SECONDS = {"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}


@dataclass(frozen=True)
class KnownFault:
    """A fault that a plan may ask for.

    Attributes:
        meaning: What the client meets.
        details: Attributes of `Fault`.
        endpoints: Where it makes sense; None everywhere.
        passes: Whether the same request, sent again, may meet no fault: False for refusals that stand.
        partly: Whether it may strike a share of the requests only; what invents rows may not, or they would be the
            portal's.
    """

    meaning: str
    details: Mapping[str, Any] = field(default_factory=dict)
    endpoints: tuple[str, ...] | None = None
    passes: bool = True
    partly: bool = True


def _carries_token(request: ApiRequest) -> bool:
    return request.endpoint != "oauth_token"


def _status(status: int, message: str, *, passes: bool = True, **details: Any) -> KnownFault:
    return KnownFault(
        f"HTTP {status}", {"kind": "status", "status": status, "message": message, **details}, passes=passes
    )


def _is_of_struck_type(request: ApiRequest) -> bool:
    return request.path_values.get("asset_type") == _STRUCK_TYPE


def _is_spoiled(request: ApiRequest) -> bool:
    return _SPOILER.search(request.body) is not None


def _is_on_an_odd_day(request: ApiRequest) -> bool:
    return (request.text("startDate") or "0")[-1] in "13579"


def _refused_type(status: int, message: str, **details: Any) -> KnownFault:
    fault = _status(status, message, passes=False, where=_is_of_struck_type, **details)
    return replace(fault, meaning=f"HTTP {status} to the list of {_STRUCK_TYPE}", endpoints=("list_assets",))


def _damaged(meaning: str, how: damage.Damage, endpoints: tuple[str, ...] | None = None) -> KnownFault:
    return KnownFault(meaning, {"kind": "damage", "damage": how}, endpoints)


KNOWN_FAULTS: Mapping[str, KnownFault] = {
    "500": _status(500, "internal error"),
    "502": _status(502, "bad gateway"),
    "503": _status(503, "service unavailable"),
    "504": _status(504, "gateway time-out"),
    "521": _status(521, "web server is down"),
    "523": _status(523, "origin is unreachable"),
    "524": _status(524, "a timeout occurred"),
    "423": _status(423, "this resource is locked", category="LOCKED"),
    "477": _status(477, "this account is being moved", passes=False, headers={"Retry-After": "3600"}),
    "429": _status(429, "You have reached your ten_secondly_rolling limit.", envelope=_TEN_SECONDS),
    "429_retry_after": _status(
        429, "You have reached your ten_secondly_rolling limit.", envelope=_TEN_SECONDS, headers={"Retry-After": "3"}
    ),
    "429_daily": _status(
        429,
        "You have reached your daily limit.",
        passes=False,
        envelope={"errorType": "RATE_LIMIT", "policyName": "DAILY"},
    ),
    "401_expired": _status(401, _EXPIRED, category="EXPIRED_AUTHENTICATION", passes=False, where=_carries_token),
    "401_unnamed": _status(401, _NO_TOKEN, passes=False, where=_carries_token),
    "451": _status(451, "unavailable for legal reasons", passes=False),
    "488": _status(488, _ELSEWHERE, passes=False, envelope={"context": {"correctHublet": ["eu1"]}}),
    "403": _status(
        403,
        _NO_SCOPE,
        category="MISSING_SCOPES",
        passes=False,
    ),
    "html": KnownFault("a web page with status 200", {"kind": "html"}),
    "cut_json": KnownFault("JSON that ends in the middle", {"kind": "cut_json"}),
    "short_body": KnownFault("a body shorter than its length", {"kind": "short_body"}),
    "refused": KnownFault("connection refused for a while", {"kind": "refuse", "seconds": 0.05}),
    "reset": KnownFault("connection reset before the response", {"kind": "reset"}),
    "reset_midway": KnownFault("connection reset during the response", {"kind": "reset_midway"}),
    "hang": KnownFault("a response that never comes", {"kind": "hang"}),
    "slow": KnownFault("a response that comes in pieces", {"kind": "slow", "seconds": 0.02}),
    "drip": KnownFault("a response that comes space by space and never ends", {"kind": "drip", "seconds": 0.05}),
    "header_drip": KnownFault("a header that comes letter by letter", {"kind": "header_drip", "seconds": 0.05}),
    "repeated_response": KnownFault("a response that comes twice on one connection", {"kind": "repeat"}),
    "huge": KnownFault("a response of 100 MB", {"kind": "huge"}, passes=False),
    "gzip_bomb": KnownFault("a response of 100 MB in 100 kB of gzip", {"kind": "bomb"}, passes=False),
    "double_gzip": KnownFault("the same packed twice", {"kind": "double_bomb"}),
    "endless_pages": _damaged("a page that comes again under a new cursor", damage.follow_with_itself, _PAGES),
    "repeated_cursor": _damaged("a cursor that points back", damage.repeat_cursor, _PAGES),
    "repeated_rows": _damaged("a page that names a row twice", damage.repeat_row, _PAGES),
    "skipped_rows": _damaged("a page that leaves a row out", damage.skip_row, ("search",)),
    "changed_total": _damaged("a total that is not the total", damage.change_total, ("search",)),
    "duplicate_campaigns": _damaged("a batch that names a campaign twice", damage.repeat_row, ("batch_read",)),
    "unnamed_errors": _damaged("207 with an error that names no id", damage.skip_row_with_error, ("batch_read",)),
    "omitted_campaign": _damaged("a batch without a campaign it should hold", damage.skip_row, ("batch_read",)),
    "deleted_campaign": KnownFault("a campaign deleted meanwhile", {"kind": "lose_campaign"}, ("batch_read",)),
    "capital_ids": _damaged("ids of campaigns in capitals", damage.capitalize_ids, _CAMPAIGNS),
    "omitted_asset": _damaged("a batch without an asset that it should hold", damage.omit_asset, ("batch_read",)),
    "foreign_campaign": _damaged("a campaign that was not asked for", damage.swap_campaign, ("batch_read",)),
    "dropped_field": _damaged("a field that must be there and is not", damage.drop_field, ("search", "batch_read")),
    "wrong_shape": _damaged("a value of another type where rows or ids belong", damage.break_shape),
    "text_number": _damaged("a number as a string", damage.number_as_text, _METRICS),
    "words_number": _damaged("words where a number belongs", damage.number_as_words, _METRICS),
    "nan_number": _damaged("NaN where a number belongs", damage.number_as_nan, _METRICS),
    "endless_number": _damaged("a number of 401 digits", damage.number_without_end, _METRICS),
    "null_number": _damaged("null where a number belongs", damage.number_as_null, _METRICS),
    "type_400": _refused_type(400, "this type cannot be listed"),
    "type_403": _refused_type(403, "this type may not be listed"),
    "type_404": _refused_type(404, "no such thing"),
    "type_410": _refused_type(410, "this type is gone"),
    "type_500": _refused_type(500, "internal error"),
    "type_404_html": KnownFault(
        f"a web page with status 404 in the place of the list of {_STRUCK_TYPE}",
        {"kind": "html", "status": 404, "where": _is_of_struck_type},
        ("list_assets",),
        passes=False,
    ),
    "spoiled_batch": KnownFault(
        "HTTP 400 to a batch that holds a campaign whose id begins with 0",
        {"kind": "status", "status": 400, "message": "a campaign cannot be read", "where": _is_spoiled},
        ("batch_read",),
        passes=False,
    ),
    "refused_days": KnownFault(
        "HTTP 403 to whatever is asked of days with an odd number",
        {"kind": "status", "status": 403, "message": "this day may not be read", "where": _is_on_an_odd_day},
        (*_METRICS, "get"),
        passes=False,
    ),
    "error_as_success": _damaged("an error with status 200", absence.answer_error),
    "absent_metrics": _damaged("a day without any metrics", absence.take_metrics, _METRICS),
    "absent_properties": _damaged("campaigns without any properties", absence.take_properties, ("search",)),
    "emptier_copies": _damaged("everything twice, the second time with less", absence.add_emptier_copies, _COPIES),
    "empty_next_page": _damaged("a page that was named and holds nothing", absence.empty_next_page, ("list_assets",)),
    "nameless_asset": _damaged("an asset without an id", absence.hide_asset, ("batch_read",)),
    "null_properties": _damaged("a campaign whose properties are null", absence.hide_properties, ("search",)),
    "words_metrics": _damaged("words in the place of an asset's metrics", absence.garble_metrics, ("batch_read",)),
    "odd_type": _damaged("a new type that is no page", absence.add_odd_type, ("batch_read",)),
    "trickling_pages": replace(
        _damaged("a new row on each of pages without end", absence.trickle, _PAGES), passes=False, partly=False
    ),
}
