"""The tables of campaign reports: what HubSpot says of one campaign in a request of its own.

Budget and spend, attributed sessions and contacts, attributed revenue, and the contacts themselves. The contract with
every reader outside, as in `schemas`.
"""

import pyarrow as pa

from campaign_assets.tables.schemas import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    EXTRACTED_AT_FIELD,
    METRIC_RESTATEMENTS,
    METRICS_TABLES,
    MONEY,
    TIMESTAMP,
    TableSchema,
    make_field,
)

_CAMPAIGN_ID = make_field("campaign_id", pa.string(), "HubSpot's GUID of the campaign.", nullable=False)
_CURRENCY = make_field("currency_code", pa.string(), "Currency of the amounts (ISO 4217).")
_MODEL = make_field(
    "attribution_model", pa.string(), "How a deal is credited to interactions, such as LINEAR.", nullable=False
)
_WINDOW = [
    make_field(
        "window", pa.string(), "Name of the days that are covered together: lifetime or last_N_days.", nullable=False
    ),
    make_field("first_day", pa.date32(), "First day covered, in the account's time zone.", nullable=False),
    make_field("last_day", pa.date32(), "Last day covered, in the account's time zone.", nullable=False),
]
_ADDS_UP = "Adds up over days."


def _make_table(name: str, grain: str, columns: list[pa.Field], *key: str, daily: bool = False) -> TableSchema:
    schema = pa.schema([_CAMPAIGN_ID, *columns, EXTRACTED_AT_FIELD])
    return TableSchema(("hubspot", name), grain, schema, ("campaign_id", *key), daily)


def _make_items_table(kind: str) -> TableSchema:
    return _make_table(
        f"campaign_{kind}_items",
        f"One row per campaign × {kind} item, as of its last reading.",
        [
            make_field("item_id", pa.string(), f"HubSpot's id of the {kind} item.", nullable=False),
            make_field("name", pa.string(), "What the item is."),
            make_field("description", pa.string(), "What the item is for."),
            make_field("amount", MONEY, "How much, in currency_code."),
            make_field("position", pa.int64(), "The item's place among those of the campaign, from 0."),
            _CURRENCY,
            make_field("created_at", TIMESTAMP, "When the item was created."),
            make_field("updated_at", TIMESTAMP, "When the item was last changed."),
        ],
        "item_id",
    )


def _list_counts(*names: tuple[str, str, str]) -> list[pa.Field]:
    return [make_field(name, pa.int64(), f"{text} {_ADDS_UP}", unit) for name, unit, text in names]


_ATTRIBUTION = _list_counts(
    ("sessions", "sessions", "Sessions on the website that the campaign brought."),
    ("new_contacts_first_touch", "contacts", "New contacts whose first interaction was with the campaign."),
    (
        "new_contacts_last_touch",
        "contacts",
        "New contacts whose last interaction before creation was with the campaign.",
    ),
    (
        "influenced_contacts",
        "contacts",
        "Contacts who interacted with the campaign, each on the first day on which they did.",
    ),
)
_REVENUE = [
    *_list_counts(
        ("contacts", "contacts", "Contacts that are attributed to the campaign."),
        ("deals", "deals", "Deals that are attributed to the campaign."),
    ),
    make_field("deal_amount", MONEY, f"What these deals are worth, in currency_code. {_ADDS_UP}"),
    make_field("revenue_amount", MONEY, f"How much of it the model credits to the campaign. {_ADDS_UP}"),
    _CURRENCY,
]

CAMPAIGN_BUDGET_ITEMS = _make_items_table("budget")
CAMPAIGN_SPEND_ITEMS = _make_items_table("spend")
CAMPAIGN_BUDGETS = _make_table(
    "campaign_budgets",
    "One row per campaign, as of its last reading.",
    [
        make_field("budget_total", MONEY, "Sum of the budget items, in currency_code; null where there is none."),
        make_field("spend_total", MONEY, "Sum of the spend items, in currency_code; null where there is none."),
        make_field("remaining_budget", MONEY, "Budget less spend, as HubSpot says it; null where there is no budget."),
        _CURRENCY,
    ],
)
CAMPAIGN_ATTRIBUTION = _make_table(
    "campaign_attribution", "One row per campaign × window, as of the last run.", [*_WINDOW, *_ATTRIBUTION], "window"
)
CAMPAIGN_REVENUE = _make_table(
    "campaign_revenue",
    "One row per campaign × window × attribution model, as of the last run.",
    [*_WINDOW, _MODEL, *_REVENUE],
    "window",
    "attribution_model",
)
CAMPAIGN_ATTRIBUTION_DAILY = _make_table(
    "campaign_attribution_daily", "One row per metric_date × campaign.", _ATTRIBUTION, daily=True
)
CAMPAIGN_REVENUE_DAILY = _make_table(
    "campaign_revenue_daily",
    "One row per metric_date × campaign × attribution model.",
    [_MODEL, *_REVENUE],
    "attribution_model",
    daily=True,
)
CAMPAIGN_CONTACTS = _make_table(
    "campaign_contacts",
    "One row per campaign × contact type × contact, as of the last run.",
    [
        make_field(
            "contact_type",
            pa.string(),
            "contactFirstTouch, contactLastTouch or influencedContacts, in HubSpot's spelling.",
            nullable=False,
        ),
        make_field("contact_id", pa.string(), "HubSpot's id of the contact.", nullable=False),
    ],
    "contact_type",
    "contact_id",
)

REPORT_TABLES = (
    CAMPAIGN_BUDGET_ITEMS,
    CAMPAIGN_SPEND_ITEMS,
    CAMPAIGN_BUDGETS,
    CAMPAIGN_ATTRIBUTION,
    CAMPAIGN_REVENUE,
    CAMPAIGN_CONTACTS,
    CAMPAIGN_ATTRIBUTION_DAILY,
    CAMPAIGN_REVENUE_DAILY,
)
"""Every table of campaign reports; some are made only where a setting turns them on."""

TABLES = (
    CAMPAIGNS,
    CAMPAIGN_ASSETS,
    CAMPAIGN_ASSET_CHANGES,
    METRIC_RESTATEMENTS,
    *METRICS_TABLES.values(),
    *REPORT_TABLES,
)
"""Every table that is read from HubSpot."""
