"""How campaigns and their assets look as JSON.

Belongs here: turning records into the exact text HubSpot would send, fast. Not here: which records an answer holds
(`endpoints`), what a metric is worth (`metric_values`).

The text of a campaign's assets is prepared once as a template with a gap for every metric; an answer only fills the
gaps. Control characters, which JSON text never contains, mark what is settled last.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from json.encoder import encode_basestring
from typing import Any

import numpy as np

from campaign_assets.emulator.asset_types import RATIO
from campaign_assets.emulator.cursors import write_cursor
from campaign_assets.emulator.library import AssetLibrary, Ints
from campaign_assets.emulator.metric_values import MetricEngine, Moment
from campaign_assets.emulator.requests import DateRange
from campaign_assets.emulator.state import Campaign, MoneyItem

ASSETS_PER_TYPE = 50
_COMMA = "\x01"
_LINK_START = "\x02"
_LINK_END = "\x03"
_NOT_REPORTED = re.compile(_COMMA + r'"\w+":-1(?=[' + _COMMA + "}])")


def timestamp(moment: datetime) -> str:
    """Write a moment as HubSpot does: ISO 8601 in UTC with milliseconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def epoch_ms(moment: datetime) -> int:
    """Write a moment in milliseconds since 1970, as budget and spend items have it."""
    return int(moment.timestamp() * 1000 + 0.5)


def money(amount: Decimal) -> str:
    """Write an amount as a property value: plain decimal with at least one place, `"2.0"`."""
    text = f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"
    return text if "." in text else f"{text}.0"


def total(items: Iterable[MoneyItem]) -> Decimal:
    """Add up budget or spend items."""
    return sum((item.amount for item in items), Decimal(0))


def status_on(campaign: Campaign, today: date) -> str:
    """Give the campaign's status: the one it was given, else the one its dates imply."""
    given = campaign.properties.get("hs_campaign_status")
    if given is not None:
        return given
    start, end = campaign.properties.get("hs_start_date"), campaign.properties.get("hs_end_date")
    if start is None or start > today.isoformat():
        return "planned"
    if end is not None and end < today.isoformat():
        return "completed"
    return "in_progress" if int(campaign.id[0], 16) % 2 else "active"


def all_properties(campaign: Campaign, today: date) -> dict[str, str]:
    """Give every property of a campaign that has a value, the computed ones included."""
    computed = {"hs_campaign_status": status_on(campaign, today)}
    for name, items in (("budget", campaign.budget), ("spend", campaign.spend)):
        if items:
            computed[f"hs_{name}_items_sum_amount"] = money(total(items.values()))
    return campaign.properties | computed


def campaign_fields(campaign: Campaign, names: Sequence[str], today: date) -> str:
    """Write the fields every campaign answer has, without the enclosing braces."""
    values = all_properties(campaign, today)
    asked = {name: values[name] for name in names if name in values}
    fields = {
        "id": campaign.id,
        "properties": asked,
        "createdAt": timestamp(campaign.created_at),
        "updatedAt": timestamp(campaign.updated_at),
        "businessUnits": [{"id": unit} for unit in campaign.business_units],
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))[1:-1]


@dataclass(frozen=True)
class _Prepared:
    """One text of assets: without metrics, with gaps for metrics, and the series that fill the gaps."""

    plain: str
    template: str
    series: Ints


@dataclass(frozen=True)
class LinkParts:
    """What the links of a request's answer begin and end with."""

    campaigns_url: str
    query: str = ""


class AssetWriter:
    """Writes the assets of campaigns.

    Args:
        library: The portal's assets.
        engine: Computes their metrics.
    """

    def __init__(self, library: AssetLibrary, engine: MetricEngine) -> None:
        self._library = library
        self._engine = engine
        self._prepared: dict[str, tuple[int, _Prepared]] = {}
        self._gaps = {
            name: _COMMA + _COMMA.join(f'"{rule.name}":{_gap(rule.kind)}' for rule in asset_type.metrics)
            for name, asset_type in library.types.items()
        }

    def write_all(
        self, campaigns: Sequence[Campaign], dates: DateRange | None, moment: Moment, links: LinkParts
    ) -> list[str]:
        """Write each campaign's `assets` object, at most 50 assets of a type."""
        return self._fill([self._whole(campaign) for campaign in campaigns], dates, moment, links)

    def write_page(self, positions: Sequence[int], dates: DateRange | None, moment: Moment) -> str:
        """Write some assets as a JSON list."""
        return self._fill([self._list(positions)], dates, moment, LinkParts(""))[0]

    def _fill(
        self, texts: Sequence[_Prepared], dates: DateRange | None, moment: Moment, links: LinkParts
    ) -> list[str]:
        if dates is None:
            return [_finish(text.plain, links) for text in texts]
        series = np.concatenate([text.series for text in texts]) if texts else np.zeros(0, dtype=np.int64)
        values = iter(self._engine.values(series, dates.first, dates.last, moment).tolist())
        filled = (text.template % tuple(islice(values, len(text.series))) for text in texts)
        return [_finish(_NOT_REPORTED.sub("", text), links) for text in filled]

    def _whole(self, campaign: Campaign) -> _Prepared:
        cached = self._prepared.get(campaign.id)
        if cached is not None and cached[0] == campaign.revision:
            return cached[1]
        parts = [self._type(campaign.id, name, members) for name, members in campaign.assets.items()]
        prepared = _Prepared(
            "{" + ",".join(part.plain for part in parts) + "}",
            "{" + ",".join(part.template for part in parts) + "}",
            np.concatenate([part.series for part in parts]) if parts else np.zeros(0, dtype=np.int64),
        )
        self._prepared[campaign.id] = (campaign.revision, prepared)
        return prepared

    def _type(self, campaign_id: str, asset_type: str, members: Mapping[int, int]) -> _Prepared:
        first = list(islice(members.items(), ASSETS_PER_TYPE))
        page = self._list([position for position, _ in first])
        after = ""
        if len(members) > ASSETS_PER_TYPE:
            cursor = write_cursor(first[-1][1])
            link = f"{_LINK_START}/{campaign_id}/assets/{asset_type}?after={cursor}{_LINK_END}"
            after = f',"paging":{{"next":{{"after":"{cursor}","link":"{link}"}}}}'
        start = f'"{asset_type}":{{"results":'
        return _Prepared(
            f"{start}{page.plain}{after}}}",
            f"{start}{page.template}{after.replace('%', '%%')}}}",
            page.series,
        )

    def _list(self, positions: Sequence[int]) -> _Prepared:
        library = self._library
        heads = [self._head(position) for position in positions]
        gaps = (self._gaps[library.type_names[place]] if library.metric_counts[place] else "" for place in positions)
        with_gaps = (
            f'{head.replace("%", "%%")},"metrics":{{{gap}}}}}' for head, gap in zip(heads, gaps, strict=True)
        )
        series = chain.from_iterable(
            range(library.first_series[place], library.first_series[place] + library.metric_counts[place])
            for place in positions
        )
        return _Prepared(
            "[" + ",".join(f"{head}}}" for head in heads) + "]",
            "[" + ",".join(with_gaps) + "]",
            np.fromiter(series, dtype=np.int64),
        )

    def _head(self, position: int) -> str:
        """Write an asset up to, not including, its metrics or closing brace."""
        name = self._library.names[position]
        named = "" if name is None else f',"name":{encode_basestring(name)}'
        return f'{{"id":"{self._library.ids[position]}"{named}'


def _gap(kind: int) -> str:
    return "%.15g" if kind == RATIO else "%d"


def _finish(text: str, links: LinkParts) -> str:
    text = text.replace("{" + _COMMA, "{").replace(_COMMA, ",")
    return text.replace(_LINK_START, links.campaigns_url).replace(_LINK_END, links.query)


def money_item(item: MoneyItem) -> dict[str, Any]:
    """Give a budget or spend item as HubSpot answers it."""
    content: dict[str, Any] = {
        "id": item.id,
        "name": item.name,
        "amount": float(item.amount),
        "order": item.order,
        "createdAt": epoch_ms(item.created_at),
        "updatedAt": epoch_ms(item.updated_at),
    }
    if item.description is not None:
        content["description"] = item.description
    return content
