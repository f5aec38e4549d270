"""The checks that belong to the run which writes a table: its rows are judged as they pass, not read again.

One result for each check and table of a run, however many days it has, also where the run fails half-way. Checks that
run on their own are in `checks` and `audit`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

import dagster as dg
import pyarrow as pa

from campaign_assets.catalog import AssetType, find_asset_type, get_metric_asset_type
from campaign_assets.days import Calendar
from campaign_assets.defs.checks.specs import (
    CAMPAIGN_ASSETS_CHECKS,
    CAMPAIGNS_CHECKS,
    METRICS_CHECKS,
    RECIPE,
    Check,
    to_evaluation,
    to_metrics_evaluation,
)
from campaign_assets.defs.portal import Portal
from campaign_assets.extract.campaign_assets import AssociationsExtract
from campaign_assets.extract.campaign_rows import UnreadableValue
from campaign_assets.extract.campaigns import CampaignsExtract
from campaign_assets.inspection.account_check import check_time_zone
from campaign_assets.load.associations import WrittenAssociations
from campaign_assets.load.campaigns import WrittenCampaigns
from campaign_assets.load.cells import Cell, WrittenCell
from campaign_assets.plain_text import to_enumeration, to_line
from campaign_assets.quality.row_history import RowHistory
from campaign_assets.quality.rules import FEWEST_ROWS, Problem, find_fall, find_repeated_keys, find_unknown_campaigns
from campaign_assets.quality.verdicts import (
    CAMPAIGNS_KNOWN,
    NOTHING_LOST,
    OTHER_METRICS_EMPTY,
    ROW_COUNT_USUAL,
    MetricsQuality,
)
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, TableError, TableStore

Event = TypeVar("Event")
TIME_ZONE = "time_zone_is_the_accounts"
_EXAMPLES = 5
_EXISTING = "existing campaigns"
_FEWEST_CAMPAIGNS = 5
STORED_DAYS = 30
"""Days that are read where a check of the rows is executed alone, without a run that writes them."""


class MetricsInspection:
    """Judges the cells that a run writes.

    Attributes:
        surprising_types: Types that came with metrics and have no table, with how many assets.
    """

    def __init__(self, portal: Portal, store: TableStore, campaign_ids: pa.Array) -> None:
        """Looks at nothing yet.

        Args:
            portal: Whose cells.
            store: Where the files lie.
            campaign_ids: Every campaign that is known, the deleted ones included.
        """
        self._portal = portal
        self._store = store
        self._campaign_ids = campaign_ids
        self._tables: dict[str, MetricsQuality] = {}
        self.surprising_types: Counter[str] = Counter()

    def add_written(self, cell: WrittenCell) -> None:
        """Judges a cell that was just read and written; the days of a table come in order."""
        self.add(cell.asset_type, cell.day, cell.rows.table)
        self._tables[cell.asset_type.slug].add_reading(cell.day, cell.left_out, cell.lost)

    def add(self, asset_type: AssetType, day: date, rows: pa.Table) -> None:
        """Judges the rows of a cell; the days of a table come in order."""
        if asset_type.slug not in self._tables:
            history = RowHistory(partial(self._store.count_rows, METRICS_TABLES[asset_type.name].path))
            self._tables[asset_type.slug] = MetricsQuality(asset_type, self._campaign_ids, history)
        self._tables[asset_type.slug].add(day, rows)

    def add_newest(self, asset_type: AssetType) -> None:
        """Judges the newest days of a table as they lie in their files."""
        for day in self._store.list_days(METRICS_TABLES[asset_type.name].path)[-STORED_DAYS:]:
            self._add_stored(asset_type, day)

    def add_done(self, cells: Iterable[Cell]) -> None:
        """Judges what an earlier attempt at the same work has written, so that the results are those of all days."""
        for asset_type, day in sorted(cells, key=lambda cell: (cell[0].name, cell[1])):
            self._add_stored(asset_type, day)

    def list_results(self, context: dg.AssetExecutionContext) -> Iterator[dg.AssetCheckEvaluation]:
        """The selected checks' results, of each table of which there was a cell."""
        first = min(self._tables, default="")
        for key in sorted(context.selected_asset_check_keys):
            slug = self._portal.to_table(key.asset_key)
            if slug not in self._tables or not self._tables[slug].verdicts[key.name].days:
                continue  # nothing was looked at, such as a reading where files are looked at alone
            if key.name == OTHER_METRICS_EMPTY and slug == first and self.surprising_types:
                yield self._to_surprise(key)
            else:
                yield to_metrics_evaluation(key, self._tables[slug].verdicts[key.name])

    def _list_surprises(self) -> dict[str, int]:
        return {to_line(name): count for name, count in self.surprising_types.most_common(100)}

    def _add_stored(self, asset_type: AssetType, day: date) -> None:
        try:
            rows = self._store.read(METRICS_TABLES[asset_type.name].path, day=day)
        except TableError:
            return  # a file that cannot be read is another check's business
        self.add(asset_type, day, rows)

    def _to_surprise(self, key: dg.AssetCheckKey) -> dg.AssetCheckEvaluation:
        """Types belong to no table, so the first table of the run tells of them."""
        types = to_enumeration(f"{name} ({count:,} assets)" for name, count in sorted(self.surprising_types.items()))
        others = self._tables[self._portal.to_table(key.asset_key)].verdicts[key.name].examples
        return to_evaluation(
            key,
            METRICS_CHECKS[key.name],
            passed=False,
            description="; ".join([f"Metrics came for types that have no table: {types}. {RECIPE}", *others]),
            metadata={"types_without_a_table": dg.MetadataValue.json(self._list_surprises())},
        )


def with_results(
    context: dg.AssetExecutionContext, events: Iterable[Event], inspection: MetricsInspection
) -> "Iterator[Event | dg.AssetCheckEvaluation]":
    """The events of a run, then the results of its checks; also where the events end with an error."""
    try:
        yield from events
    except Exception:
        yield from inspection.list_results(context)
        raise
    yield from inspection.list_results(context)


def inspect_stored(
    portal: Portal, context: dg.AssetExecutionContext, store: TableStore
) -> Iterator[dg.AssetCheckEvaluation]:
    """Results over the newest files, for checks that somebody executes without materializing anything."""
    unreadable: TableError | None = None
    try:
        campaign_ids = to_campaign_ids(store.read_table(CAMPAIGNS))
    except TableError as error:
        unreadable, campaign_ids = error, pa.array([], pa.string())
    inspection = MetricsInspection(portal, store, campaign_ids)
    for slug in sorted({portal.to_table(key.asset_key) for key in context.selected_asset_check_keys}):
        inspection.add_newest(get_metric_asset_type(slug))
    for result in inspection.list_results(context):
        if unreadable and result.check_name == CAMPAIGNS_KNOWN:
            key = dg.AssetCheckKey(result.asset_key, result.check_name)
            yield to_evaluation(key, METRICS_CHECKS[key.name], passed=False, description=str(unreadable))
        else:
            yield result


def check_campaigns(portal: Portal, written: WrittenCampaigns, calendar: Calendar) -> list[dg.AssetCheckResult]:
    """The results of the checks of `hubspot/campaigns`."""
    extract = written.extract
    existing = extract.table.num_rows - extract.deleted
    missing = None if existing == extract.total else Problem(1, f"{existing:,} rows, {extract.total:,} in HubSpot")
    results = _to_results(
        portal,
        portal.campaigns_key,
        CAMPAIGNS_CHECKS,
        {
            "key_unique": find_repeated_keys(extract.table, CAMPAIGNS.key),
            "rows_equal_total": missing,
            ROW_COUNT_USUAL: find_fall({_EXISTING: written.existing_before}, {_EXISTING: existing}, _FEWEST_CAMPAIGNS),
            "values_readable": _describe_unreadable(extract.unreadable),
            "properties_answered": _describe_properties(extract),
            NOTHING_LOST: _describe_loss(written.lost),
        },
    )
    return [*results, _to_time_zone_result(portal, written.time_zone, calendar)]


def _describe_unreadable(values: Sequence[UnreadableValue]) -> Problem | None:
    named = [f"campaign {value.campaign_id}: {value.name} is {value.text!r:.60}" for value in values[:_EXAMPLES]]
    return Problem(len(values), "; ".join(named)) if values else None


def _describe_loss(sentences: Sequence[str]) -> Problem | None:
    return Problem(len(sentences), " ".join(sentences)) if sentences else None


def _describe_properties(extract: CampaignsExtract) -> Problem | None:
    words = [f"HubSpot has no property {name} any more" for name in extract.sunset]
    for name, near in extract.unknown.items():
        hint = f": did you mean {near}?" if near else ""
        words.append(f"HubSpot has no property {name}, which CAMPAIGN_ASSETS_PROPERTIES names{hint}")
    words += [f"no campaign has a value of {name}: is it an internal name?" for name in extract.unanswered]
    words += [f"no campaign has a value of {name} any more" for name in extract.emptied]
    words += [f"campaign {campaign_id} came without its name" for campaign_id in extract.unnamed[:_EXAMPLES]]
    words += [f"campaign {i} is refused: {error}" for i, error in sorted(extract.refused.items())[:_EXAMPLES]]
    return Problem(len(words), "; ".join(words)) if words else None


def _to_time_zone_result(portal: Portal, account: str | None, calendar: Calendar) -> dg.AssetCheckResult:
    found = check_time_zone(calendar.time_zone, account, calendar.now().year)
    return dg.AssetCheckResult(
        asset_key=portal.campaigns_key,
        check_name=TIME_ZONE,
        passed=bool(found.passed),
        severity=dg.AssetCheckSeverity.WARN if found.passed is None else CAMPAIGNS_CHECKS[TIME_ZONE].severity,
        description=portal.name_variables(f"Time zone: {found.text}"),
    )


def check_campaign_assets(portal: Portal, written: WrittenAssociations) -> list[dg.AssetCheckResult]:
    """The results of the checks of `hubspot/campaign_assets`."""
    table, failed = written.table, written.extract.failed
    unknown = sorted(name for name in table["asset_type"].unique().to_pylist() if not find_asset_type(name))
    return _to_results(
        portal,
        portal.campaign_assets_key,
        CAMPAIGN_ASSETS_CHECKS,
        {
            "key_unique": find_repeated_keys(table, CAMPAIGN_ASSETS.key),
            "campaigns_known": find_unknown_campaigns(table, to_campaign_ids(written.campaigns)),
            "types_answered": _describe_errors(failed),
            "campaigns_answered": _describe_unanswered(written.extract),
            ROW_COUNT_USUAL: None
            if written.before is None
            else find_fall(_count_types(written.before), _count_types(table), FEWEST_ROWS),
            "asset_types_known": Problem(len(unknown), to_enumeration(unknown)) if unknown else None,
            NOTHING_LOST: _describe_loss(written.lost),
        },
    )


def _count_types(associations: pa.Table) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in associations["asset_type"].value_counts().to_pylist()}


def _describe_errors(errors: Mapping[str, Exception]) -> Problem | None:
    return Problem(len(errors), "; ".join(f"{name}: {e}" for name, e in sorted(errors.items()))) if errors else None


def _describe_unanswered(extract: AssociationsExtract) -> Problem | None:
    stays = "its assets stay until the campaigns are read again"
    gone = [f"campaign {campaign_id} is deleted: {stays}" for campaign_id in sorted(extract.missing)]
    refused = [f"campaign {campaign_id}: {error}" for campaign_id, error in sorted(extract.refused.items())]
    unreadable = [
        f"campaign {campaign_id}: {number:,} assets of type {asset_type} without an id that can be read"
        for (campaign_id, asset_type), number in sorted(extract.unreadable.items())
    ]
    words = [*refused, *unreadable, *gone]
    return Problem(len(words), "; ".join(words[:_EXAMPLES])) if words else None


def to_campaign_ids(campaigns: pa.Table) -> pa.Array:
    """Every campaign of the table, the deleted ones included."""
    return campaigns["campaign_id"].combine_chunks()


def _to_results(
    portal: Portal, key: dg.AssetKey, checks: Mapping[str, Check], found: Mapping[str, Problem | None]
) -> list[dg.AssetCheckResult]:
    return [
        dg.AssetCheckResult(
            asset_key=key,
            check_name=name,
            passed=problem is None,
            severity=checks[name].severity,
            description=portal.name_variables(f"{problem.count:,}: {problem.example}") if problem else "None found.",
        )
        for name, problem in found.items()
    ]
