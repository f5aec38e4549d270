"""Reading campaign reports without Dagster: an account, its tables, and one call for a night."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from campaign_assets.days import Calendar
from campaign_assets.defs.checks.report_checks import check_report
from campaign_assets.defs.portal import Portal
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.extract.report_plan import Report
from campaign_assets.hubspot import HubSpotClient, RetryPolicy
from campaign_assets.load.campaign_reports import WrittenReport, refresh_report
from campaign_assets.load.campaigns import refresh_campaigns
from campaign_assets.tables import TableStore
from campaign_assets_tests.workplace import NOW, drop_timestamps


@dataclass
class Reading:
    """What a test of a report works with.

    Attributes:
        server: The emulated account.
        client: The client that reads it.
        store: Where the tables lie.
        report: The report.
        nights: How many nights have passed.
    """

    server: EmulatorServer
    client: HubSpotClient
    store: TableStore
    report: Report
    nights: int = 0

    def now(self) -> datetime:
        """The present time."""
        return NOW + timedelta(days=self.nights)

    def refresh_campaigns(self) -> None:
        """Reads the campaigns."""
        refresh_campaigns(self.client, self.store, (), self.now())

    def refresh(self) -> WrittenReport:
        """Reads the report, and nothing else."""
        return refresh_report(self.client, self.store, self.report, Calendar(now=self.now))

    def pass_night(self) -> WrittenReport:
        """A day passes; what is asked is counted anew, and the campaigns and the report are read."""
        self.server.portal.clock.advance(timedelta(days=1))
        self.nights += 1
        self.server.stats.reset()
        self.refresh_campaigns()
        return self.refresh()

    def read(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of the report's tables, by the last part of the table's name, without the time of their reading."""
        return {table.path[-1]: drop_timestamps(self.store.read_table(table)) for table in self.report.tables}


def list_failed_checks(written: WrittenReport) -> dict[str, str]:
    """What the checks say that did not pass, by name."""
    results = [result for result in check_report(Portal(), written) if not result.passed]
    return {str(result.check_name): str(result.description) for result in results}


@contextmanager
def open_reading(server: EmulatorServer, folder: Path, report: Report, **options: Any) -> Iterator[Reading]:
    """A reading of an account whose campaigns and report were read once; the options are the client's."""
    chosen = {"rate_limit": 10_000, "retry": RetryPolicy(attempts=1), **options}
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url, **chosen) as client:
        reading = Reading(server, client, TableStore(str(folder)), report)
        reading.refresh_campaigns()
        reading.refresh()
        yield reading
