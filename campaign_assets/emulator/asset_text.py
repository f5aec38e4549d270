"""How a campaign's assets look as JSON, made fast.

Belongs here: turning assets and their metrics into the exact text HubSpot would send. Not here: which assets an
response holds (`endpoints`), what a metric is worth (`metric_values`).

The text of a campaign's assets is prepared once as a template with a gap for every metric; a response only fills the
gaps. Control characters, which JSON text never contains, mark what is settled last.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from json.encoder import encode_basestring
from urllib.parse import quote

import numpy as np

from campaign_assets.emulator.asset_types import RATIO
from campaign_assets.emulator.cursors import write_cursor
from campaign_assets.emulator.hashing import Ints
from campaign_assets.emulator.library import AssetLibrary
from campaign_assets.emulator.metric_values import MetricEngine, Moment
from campaign_assets.emulator.requests import DateRange
from campaign_assets.emulator.state import Campaign

ASSETS_PER_TYPE = 50
_COMMA = "\x01"
_LINK_START = "\x02"
_LINK_END = "\x03"
_NOT_REPORTED = re.compile(_COMMA + r'"\w+":-1(?=[' + _COMMA + "}])")


@dataclass(frozen=True)
class _Prepared:
    """One text of assets: without metrics, with gaps for metrics, and the series that fill the gaps."""

    plain: str
    template: str
    series: Ints


@dataclass(frozen=True)
class LinkParts:
    """What the links of a request's response begin and end with."""

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
        self, campaigns: Sequence[Campaign], dates: DateRange | None, timestamp: Moment, links: LinkParts
    ) -> list[str]:
        """Write each campaign's `assets` object, at most 50 assets of a type."""
        return self._fill([self._whole(campaign) for campaign in campaigns], dates, timestamp, links)

    def write_page(self, positions: Sequence[int], dates: DateRange | None, timestamp: Moment) -> str:
        """Write some assets as a JSON list."""
        return self._fill([self._list(positions)], dates, timestamp, LinkParts(""))[0]

    def _fill(
        self, texts: Sequence[_Prepared], dates: DateRange | None, timestamp: Moment, links: LinkParts
    ) -> list[str]:
        if dates is None:
            return [_finish(text.plain, links) for text in texts]
        series = np.concatenate([text.series for text in texts]) if texts else np.zeros(0, dtype=np.int64)
        values = iter(self._engine.values(series, dates.first, dates.last, timestamp).tolist())
        filled = (text.template % tuple(islice(values, len(text.series))) for text in texts)
        return [_finish(_NOT_REPORTED.sub("", text) if '":-1' in text else text, links) for text in filled]

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
            path = f"/{quote(campaign_id, safe='')}/assets/{quote(asset_type, safe='')}"
            link = f"{_LINK_START}{path}?after={cursor}{_LINK_END}"
            after = f',"paging":{{"next":{{"after":"{cursor}","link":"{link}"}}}}'
        start = f'{encode_basestring(asset_type)}:{{"results":'
        return _Prepared(
            f"{start}{page.plain}{after}}}",
            f"{start.replace('%', '%%')}{page.template}{after.replace('%', '%%')}}}",
            page.series,
        )

    def _list(self, positions: Sequence[int]) -> _Prepared:
        library = self._library
        heads = [self._head(position) for position in positions]
        gaps = (self._gap_of(place) for place in positions)
        with_gaps = (f'{head.replace("%", "%%")},"metrics":{{{gap}}}}}' for head, gap in zip(heads, gaps, strict=True))
        series = chain.from_iterable(
            range(library.first_series[place], library.first_series[place] + library.metric_counts[place])
            for place in positions
        )
        return _Prepared(
            "[" + ",".join(f"{head}}}" for head in heads) + "]",
            "[" + ",".join(with_gaps) + "]",
            np.fromiter(series, dtype=np.int64),
        )

    def _gap_of(self, position: int) -> str:
        """Write the inside of an asset's `metrics`, with gaps for those that change from day to day."""
        library = self._library
        fixed = library.fixed.get(position)
        if fixed is not None:
            return json.dumps(fixed)[1:-1].replace("%", "%%")
        return self._gaps[library.type_names[position]] if library.metric_counts[position] else ""

    def _head(self, position: int) -> str:
        """Write an asset up to, not including, its metrics or closing brace."""
        name = self._library.names[position]
        named = "" if name is None else f',"name":{encode_basestring(name)}'
        return f'{{"id":{encode_basestring(self._library.ids[position])}{named}'


def _gap(kind: int) -> str:
    return "%.15g" if kind == RATIO else "%d"


def _finish(text: str, links: LinkParts) -> str:
    text = text.replace("{" + _COMMA, "{").replace(_COMMA, ",")
    return text.replace(_LINK_START, links.campaigns_url).replace(_LINK_END, links.query)
