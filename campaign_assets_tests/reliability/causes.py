"""What an error must say so that it names its cause: one pattern for each kind of fault."""

import re
from collections.abc import Iterable

_RESET = r"No whole response came|reset|disconnected|refused"
_LATE = r"ReadTimeout|took longer than"
_SHAPE = r"HubSpot's response|is no JSON"
_COUNT = r"HubSpot's search says"
_NAMED = {
    "429_retry_after": "answered 429",
    "429_daily": "answered 429.*midnight",
    "401_expired": "answered 401|renew the access token",
    "401_unnamed": "answered 401|renew the access token",
    "488": "answered 488.*https://api-eu1",
    "html": "is no JSON",
    "cut_json": "is no JSON",
    "short_body": _RESET,
    "refused": _RESET,
    "reset": _RESET,
    "reset_midway": _RESET,
    "hang": _LATE,
    "slow": _LATE,
    "drip": _LATE,
    "header_drip": _LATE,
    "repeated_response": "one to another request",
    "double_gzip": "packed as gzip, gzip",
    "endless_pages": f"brought no row that was not read before|{_COUNT}",
    "huge": "larger than",
    "gzip_bomb": "larger than",
    "repeated_cursor": "points back",
    "repeated_rows": _COUNT,
    "skipped_rows": _COUNT,
    "changed_total": _COUNT,
    "duplicate_campaigns": "named twice",
    "unnamed_errors": "campaigns? (could not|was not|were not|left out)",
    "omitted_campaign": "campaigns? (could not|was not|were not|left out)",
    "deleted_campaign": "not found",
    "foreign_campaign": "was not asked for",
    "dropped_field": _SHAPE,
    "wrong_shape": _SHAPE,
    "text_number": _SHAPE,
    "words_number": _SHAPE,
    "nan_number": _SHAPE,
    "endless_number": _SHAPE,
    "null_number": _SHAPE,
    "type_400": "answered 400",
    "type_403": "answered 403",
    "type_404": "answered 404",
    "type_410": "answered 410",
    "type_500": "answered 500",
    "type_404_html": "answered 404",
    "spoiled_batch": "answered 400",
    "refused_days": "answered 403",
    "error_as_success": "is an error where",
    "empty_next_page": "holds nothing",
    "odd_type": "answered 400",
    "trickling_pages": "brought no more than|HubSpot says that there are",
}


def is_named(error: str, kinds: Iterable[str]) -> bool:
    """Whether an error names one of the faults that there were."""
    patterns = [_NAMED.get(kind, f"answered {kind}") for kind in kinds]
    return any(re.search(pattern, error, re.DOTALL) for pattern in patterns)
