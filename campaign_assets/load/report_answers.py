"""The answers of one reading of a campaign report, gathered, and what stays of its tables beside them."""

from collections.abc import Collection
from dataclasses import dataclass, field

import pyarrow as pa

from campaign_assets.extract.campaign_reports import Answer, Key, list_keys
from campaign_assets.extract.campaign_rows import UnreadableValue
from campaign_assets.hubspot import HubSpotError
from campaign_assets.load.retained_rows import add_rows
from campaign_assets.tables import TableSchema

NAMED = 10
"""Failed campaigns that a message names."""


@dataclass(slots=True)
class Answers:
    """What has come of some questions.

    Attributes:
        asked: How many questions have ended, however they did.
        answered: What was answered.
        missing: Campaigns that do not exist any more.
        failed: The first error of each campaign that failed.
        stop: The error, if there is one, after which nothing more was asked.
        unreadable: Values that their column does not hold exactly.
        repeated: Rows that came more than once, collapsed into one.
        rows: Rows that came, of all tables together.
    """

    asked: int = 0
    answered: set[Key] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    failed: dict[str, HubSpotError] = field(default_factory=dict)
    stop: HubSpotError | None = None
    unreadable: list[UnreadableValue] = field(default_factory=list)
    repeated: int = 0
    rows: int = 0
    _parts: dict[str, list[pa.Table]] = field(default_factory=dict)

    def add(self, answer: Answer) -> None:
        """Takes one more."""
        question = answer.question
        self.asked += 1
        if answer.error:
            self.failed.setdefault(question.campaign_id, answer.error)
            self.stop = self.stop or (answer.error if answer.stops else None)
        elif answer.rows is None:
            self.missing.add(question.campaign_id)
        else:
            self.answered.add(question.key)
            self.unreadable += answer.rows.unreadable
            self.repeated += answer.rows.repeated
            for name, rows in answer.rows.tables.items():
                self._parts.setdefault(name, []).append(rows)
                self.rows += rows.num_rows

    def merge(
        self,
        table: TableSchema,
        before: pa.Table | None,
        variant_column: str,
        wanted: Collection[tuple[str, str]] | None,
        existing: Collection[str],
    ) -> pa.Table:
        """The rows of a table: those that came, and of the file as it is those that were not answered anew.

        Args:
            table: The table.
            before: Its rows as they are; None where there are none.
            variant_column: The column of the question's variant; empty where there is none.
            wanted: Windows and variants that are asked for: rows of others go; None where all stay.
            existing: The campaigns that exist: rows of all others stay as they are.
        """
        rows = pa.concat_tables([table.columns.empty_table(), *self._parts.get(table.name, [])])
        before = table.columns.empty_table() if before is None else before
        still_there = set(existing) - self.missing

        def stays(key: Key) -> bool:
            is_wanted = wanted is None or key[0] not in still_there or key[1:] in wanted
            return is_wanted and key not in self.answered

        keys = list_keys(before, variant_column)
        return add_rows(rows, before.filter(pa.array(map(stays, keys), pa.bool_())), table.key)

    def describe_failures(self, campaigns: int) -> str | None:
        """Which campaigns failed and why, for a person; None where none did.

        Args:
            campaigns: How many were to be asked about.
        """
        if not self.failed:
            return None
        in_place = f"{campaigns - len(self.failed):,} of {campaigns:,} campaigns are in place"
        if self.stop:
            return f"{self.stop} {in_place}; those that were not asked about come first in the next run."
        named = [f"campaign {campaign_id}: {error}" for campaign_id, error in list(self.failed.items())[:NAMED]]
        more = len(self.failed) - len(named)
        return (
            f"{len(self.failed):,} of {campaigns:,} campaigns failed and keep the rows that they had; the others are "
            "in place. Run again:\n" + "\n".join(named) + (f"\nand {more:,} more." if more else "")
        )
