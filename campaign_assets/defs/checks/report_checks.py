"""The checks of campaign reports, which the run yields that writes them: what they mean, and their results."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import dagster as dg
import pyarrow as pa

from campaign_assets.defs.checks.specs import WARN, Check, to_days_evaluation
from campaign_assets.defs.portal import Portal
from campaign_assets.load.campaign_reports import WrittenReport
from campaign_assets.quality.report_rules import find_other_sums, find_several_currencies, find_wrong_totals
from campaign_assets.quality.rules import Problem, find_outside, find_repeated_keys, find_unknown_campaigns
from campaign_assets.quality.verdicts import Verdict
from campaign_assets.tables import CAMPAIGN_BUDGET_ITEMS, CAMPAIGN_BUDGETS, CAMPAIGN_SPEND_ITEMS, TableSchema

_POSITION = "position"
_CURRENCY = "currency_code"
_EXAMPLES = 5

REPORT_CHECKS: Mapping[str, Check] = {
    "key_unique": Check("No two rows have the same key."),
    "campaigns_known": Check("Every campaign_id stands in hubspot/campaigns."),
    "campaigns_answered": Check(
        "HubSpot answered for every campaign that was asked about. Rows of one that failed stay as they were."
    ),
    "nothing_lost": Check(
        "Each table could be read as the last run left it; what only it knew of deleted campaigns is in the new one.",
        severity=WARN,
    ),
    "counts_not_negative": Check("No count is below zero."),
    "values_readable": Check("Every amount and count is one that its column holds exactly.", severity=WARN),
    "one_currency": Check("All amounts of a campaign are in one currency."),
    "totals_equal_items": Check(
        "The totals of a campaign are the sums of its items, and what remains is the budget less the spend."
    ),
    "budgets_equal_campaigns": Check(
        "The totals of a campaign are the sums in hubspot/campaigns. One that changed between the two readings is told "
        "once.",
        severity=WARN,
    ),
}


@dataclass(frozen=True, slots=True)
class _Subject:
    """A table whose rows are judged, and what else was read with it."""

    table: TableSchema
    written: WrittenReport

    @property
    def rows(self) -> pa.Table:
        return self.written.tables[self.table.name].rows

    @property
    def counts(self) -> list[str]:
        return [c.name for c in self.table.columns if pa.types.is_integer(c.type) and c.name != _POSITION]

    def find_failed(self) -> Problem | None:
        failed = self.written.answers.failed
        named = [f"campaign {campaign_id}: {error}" for campaign_id, error in list(failed.items())[:_EXAMPLES]]
        return Problem(len(failed), "; ".join(named)) if failed else None

    def find_lost(self) -> Problem | None:
        lost = self.written.lost
        return Problem(len(lost), " ".join(lost)) if lost else None

    def find_unreadable(self) -> Problem | None:
        values = self.written.answers.unreadable
        named = [f"campaign {value.campaign_id}: {value.name} is {value.text!r:.60}" for value in values[:_EXAMPLES]]
        return Problem(len(values), "; ".join(named)) if values else None

    def find_several_currencies(self) -> Problem | None:
        tables = [table.rows for table in self.written.tables.values()]
        if self.table == CAMPAIGN_BUDGETS:  # revenue is told in the account's currency
            tables.append(self.written.campaigns)
        return find_several_currencies(tables)

    def find_wrong_totals(self) -> Problem | None:
        tables = self.written.tables
        return find_wrong_totals(
            self.rows, tables[CAMPAIGN_BUDGET_ITEMS.name].rows, tables[CAMPAIGN_SPEND_ITEMS.name].rows
        )


_RULES: Mapping[str, Callable[[_Subject], Problem | None]] = {
    "key_unique": lambda of: find_repeated_keys(of.rows, of.table.key),
    "campaigns_known": lambda of: find_unknown_campaigns(of.rows, of.written.campaigns["campaign_id"].combine_chunks()),
    "campaigns_answered": _Subject.find_failed,
    "nothing_lost": _Subject.find_lost,
    "counts_not_negative": lambda of: find_outside(of.rows, of.counts, 0, None),
    "values_readable": _Subject.find_unreadable,
    "one_currency": _Subject.find_several_currencies,
    "totals_equal_items": _Subject.find_wrong_totals,
    "budgets_equal_campaigns": lambda of: find_other_sums(of.rows, of.written.campaigns),
}


class DaysInspection:
    """Judges the days of a report by day that a run writes, one result for each check however many days it has."""

    def __init__(self, table: TableSchema) -> None:
        """Looks at nothing yet."""
        self._table = table
        self._verdicts = {name: Verdict() for name in _list_checks(table, is_main=True)}

    def add(self, day: date, written: WrittenReport) -> None:
        """Judges a day."""
        for name, verdict in self._verdicts.items():
            verdict.add(day, _RULES[name](_Subject(self._table, written)))

    def list_results(self, selected: Collection[dg.AssetCheckKey]) -> Iterator[dg.AssetCheckEvaluation]:
        """The selected checks' results; none where there was no day."""
        for key in sorted(selected):
            if self._verdicts[key.name].days:
                yield to_days_evaluation(key, REPORT_CHECKS[key.name], self._verdicts[key.name])


def build_report_specs(portal: Portal, tables: Sequence[TableSchema]) -> list[dg.AssetCheckSpec]:
    """The checks of the tables that one report fills.

    Args:
        portal: Whose tables.
        tables: The tables, the main one last.
    """
    return [
        dg.AssetCheckSpec(name, asset=portal.key(table), description=REPORT_CHECKS[name].description)
        for table in tables
        for name in _list_checks(table, is_main=table == tables[-1])
    ]


def check_report(portal: Portal, written: WrittenReport) -> Iterator[dg.AssetCheckResult]:
    """The results of these checks."""
    tables = [table.schema for table in written.tables.values()]
    for table in tables:
        for name in _list_checks(table, is_main=table == tables[-1]):
            problem = _RULES[name](_Subject(table, written))
            yield dg.AssetCheckResult(
                asset_key=portal.key(table),
                check_name=name,
                passed=problem is None,
                severity=REPORT_CHECKS[name].severity,
                description=portal.name_variables(f"{problem.count:,}: {problem.example}")
                if problem
                else "None found.",
            )


def _list_checks(table: TableSchema, *, is_main: bool) -> list[str]:
    """The checks of a table: those of its own rows, and with the main table those of the whole report."""
    names = ["key_unique", "campaigns_known"]
    if is_main:
        names += ["campaigns_answered", "nothing_lost"]
        names += ["counts_not_negative"] if any(pa.types.is_integer(column.type) for column in table.columns) else []
        names += ["values_readable", "one_currency"] if _CURRENCY in table.columns.names else []
    if table == CAMPAIGN_BUDGETS:
        names += ["totals_equal_items", "budgets_equal_campaigns"]
    return names
