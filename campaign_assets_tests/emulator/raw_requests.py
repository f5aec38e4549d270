"""Raw requests that are like real ones, with something wrong in many of them.

Belongs here: which methods, targets, headers and bodies are tried. Not here: sending them, and what must be answered
(`test_any_request`).
"""

import json
from typing import Any

from hypothesis import strategies as st

from campaign_assets.emulator import DEFAULT_TOKEN

Headers = list[tuple[bytes, bytes]]
_IDS = ["{id}", "00000000-0000-4000-8000-000000000000", "..%2F..%2Fetc%2Fpasswd", "nobody", "batch", "clone", "%FF%00"]
_NAMES = ["read", "create", "update", "archive", "assets", "budget", "spend", "totals", "reports", "metrics", "revenue"]
_MORE = [
    "contacts",
    "influencedContacts",
    "FORM",
    "LANDING_PAGE",
    "asset-types",
    "status",
    "token",
    "7",
    "",
    "%2F",
    "%",
]
_DATED = ("2025-09", "2026-03", "2026-09", "2026-09-beta")
ROOTS = ["/marketing/v3/campaigns", *(f"/marketing/campaigns/{version}" for version in _DATED)]
_OTHER_ROOTS = ["/account-info/v3/details", "/oauth/v1/token", "/oauth/2026-03/token", "", "/", "//", "*"]
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PURGE", "BREW", "get"]
_VALUES = ["2026-11-02", "2026-11-01", "0001-01-01", "9999-12-31", "10", "0", "-1", "101", "1e3", "Mg%3D%3D", "%2525"]
_MORE_VALUES = [
    "hs_name",
    "hs_name,nope",
    "hs_goal",
    ",",
    "-updatedAt",
    "LINEAR",
    "%00",
    "%ED%A0%80",
    "+",
    "%",
    "9" * 5000,
]
_QUERY_NAMES = ["name", "sort", "after", "limit", "properties", "startDate", "endDate", "attributionModel", "%FF", ""]
_PROPERTIES = [
    "hs_name",
    "hs_start_date",
    "hs_end_date",
    "hs_notes",
    "hs_currency_code",
    "hs_campaign_status",
    "hs_utm",
]
_MORE_PROPERTIES = ["hs_business_unit_ids", "hs_owner", "hs_goal", "nope", "region", ""]
_FIELDS = ["properties", "inputs", "id", "name", "amount", "order", "description", "sourceCampaignGuid"]

segments = st.sampled_from([*_IDS, *_NAMES, *_MORE]) | st.text("aZ09%./;:@!$&'()*+,=~-_\"\\<>", max_size=6)
scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, 0, 10**18, 2**63]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["2026-11-02", "EUR", "active", "0;7", "\ud800", "{id}", "00000000-0000-4000-8000-000000000000"]),
)
properties = st.dictionaries(st.sampled_from([*_PROPERTIES, *_MORE_PROPERTIES]), scalars, max_size=4)
ids = st.sampled_from(["{id}", "00000000-0000-4000-8000-000000000000", "../../etc/passwd"])
likely = st.fixed_dictionaries(
    {},
    optional={
        "hs_name": st.text(max_size=5) | st.sampled_from(["\ud800", "x" * 256]),
        "hs_start_date": st.dates().map(str) | st.just(""),
        "hs_notes": scalars,
        "hs_business_unit_ids": st.sampled_from(["", "0;7"]),
    },
)
inputs = st.lists(st.fixed_dictionaries({}, optional={"id": scalars, "properties": properties | scalars}), max_size=3)
contents: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries({"properties": properties | likely}),
    st.fixed_dictionaries(
        {"inputs": inputs | st.lists(st.fixed_dictionaries({"id": ids, "properties": likely}), max_size=3)}
    ),
    st.fixed_dictionaries({"name": st.text(max_size=3), "amount": st.floats(0, 9), "order": st.integers(0, 3)}),
    st.fixed_dictionaries({"name": scalars, "amount": scalars, "order": scalars}, optional={"description": scalars}),
    st.dictionaries(st.sampled_from(_FIELDS), scalars, max_size=4),
    st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5),
)
forms = st.dictionaries(
    st.sampled_from(["grant_type", "client_id", "client_secret", "refresh_token"]),
    st.sampled_from(["refresh_token", "emulator-client", "emulator-secret", "emulator-refresh", "%FF", ""]),
).map(lambda form: "&".join(f"{name}={value}" for name, value in form.items()).encode())
bodies = st.one_of(
    st.just(b""),
    contents.map(lambda content: json.dumps(content).encode()),
    contents.map(lambda content: json.dumps(content).encode()[:-1]),
    forms,
    st.binary(max_size=20),
    st.sampled_from(
        [b"[" * 100_000, b'{"properties":' * 3_000, b"\xff\xfe{\x00", b'{"inputs":[' + b'{"id":"x"},' * 60 + b"{}]}"]
    ),
)
wild_queries = st.lists(
    st.tuples(st.sampled_from(_QUERY_NAMES), st.sampled_from([*_VALUES, *_MORE_VALUES])), max_size=3
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
queries = st.one_of(
    st.just(""),
    st.sampled_from(
        [
            "limit=2&after=Mg%3D%3D&properties=hs_name,hs_goal",
            "startDate=2026-11-01&endDate=2026-11-02",
            "startDate=0001-01-01&endDate=9999-12-31",
            "endDate=2006-01-01",
            "name=%ED%A0%80&sort=-updatedAt",
        ]
    ),
    wild_queries,
)
types = st.sampled_from([b"application/json"] * 8 + [b"application/x-www-form-urlencoded", b"text/plain", b"\xff", b""])
tokens = st.sampled_from([f"Bearer {DEFAULT_TOKEN}".encode()] * 9 + [b"Bearer", b"Bearer nobody", b"Basic \xff"])
odd_headers = st.sampled_from(
    [
        (b"Host", b'evil"\\host'),
        (b"Accept-Encoding", b"*;q=0"),
        (b"Upgrade", b"h2c"),
        (b"Connection", b"Upgrade"),
        (b"X-Long", b"x" * 9_000),
        (b"Expect", b"100-continue"),
        (b"Content-Encoding", b"gzip"),
        (b"Cookie", b"\xf0\x9f\x8e\x89"),
    ]
)


REAL = [
    ("GET", ""),
    ("POST", ""),
    ("GET", "/{id}"),
    ("PATCH", "/{id}"),
    ("DELETE", "/{id}"),
    ("POST", "/batch/read"),
    ("POST", "/batch/create"),
    ("POST", "/batch/update"),
    ("POST", "/batch/archive"),
    ("GET", "/{id}/assets/SITE_PAGE"),
    ("PUT", "/{id}/assets/FORM/7"),
    ("DELETE", "/{id}/assets/FORM/7"),
    ("GET", "/{id}/budget/totals"),
    *(
        (method, f"/{{id}}/{kind}{item}")
        for kind in ("budget", "spend")
        for method, item in (
            ("POST", ""),
            ("GET", "/7"),
            ("PUT", "/7"),
            ("DELETE", "/7"),
        )
    ),
    ("GET", "/{id}/reports/metrics"),
    ("GET", "/{id}/reports/revenue"),
    ("GET", "/{id}/reports/contacts/influencedContacts"),
    ("POST", "/{id}/clone"),
    ("GET", "/clone/{id}/status"),
    ("GET", "/clone/asset-types"),
    ("GET", "/asset-types"),
]
BESIDE = [
    ("GET", "/account-info/v3/details"),
    ("GET", "/account-info/2026-03/api-usage/daily/private-apps"),
    ("POST", "/oauth/v1/token"),
]
"""Real ones that do not lie below the campaigns."""


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, str]:
    """A method with a path and a query: real ones, or with some steps that are not, or none that is."""
    method, path = draw(st.sampled_from([*REAL, *BESIDE]))
    root = "" if (method, path) in BESIDE else draw(st.sampled_from(ROOTS))
    query = draw(queries)
    if draw(st.integers(0, 3)) == 0:
        method = draw(st.sampled_from(_METHODS))
        root = draw(st.sampled_from([*ROOTS, *_OTHER_ROOTS]))
        path = "/".join([path, *draw(st.lists(segments, max_size=3))])
    elif draw(st.integers(0, 3)) == 0:
        steps = [draw(segments) if draw(st.booleans()) else step for step in path.split("/")[1:]]
        path = "/".join(["", *steps])
    return method, root + path + (f"?{query}" if query else "")
