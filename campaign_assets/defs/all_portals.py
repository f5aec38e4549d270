"""What is made over several portals: one database whose relations have the column `portal`, and one report.

Both put the portals beside each other. Neither adds anything up over them: their currencies may differ.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg

from campaign_assets.days import read_clock
from campaign_assets.defs.assets.marts import to_database_metadata
from campaign_assets.defs.assets.metadata import OWNERS
from campaign_assets.defs.automation.downstream import build_after_every_run
from campaign_assets.defs.keys import CAMPAIGN_SUMMARY_KEY, DATABASE_KEY, REPORT_KEY
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import plain_failures
from campaign_assets.marts.all_portals import build_portals_database
from campaign_assets.marts.database import DATABASE
from campaign_assets.reports.building import REPORT, has_renderer
from campaign_assets.reports.portals_building import PortalTables, build_portals_report
from campaign_assets.settings import Settings
from campaign_assets.tables import TableStore


@dataclass(frozen=True, slots=True)
class Member:
    """A portal among several.

    Attributes:
        portal: What its things are called.
        settings: Where its tables lie, and its days.
    """

    portal: Portal
    settings: Settings

    def list_inputs(self) -> list[dg.AssetKey]:
        """What is made last of its tables."""
        return [self.portal.key(CAMPAIGN_SUMMARY_KEY)]

    def to_tables(self, now: datetime) -> PortalTables:
        """Its tables at some time."""
        made_at = now.astimezone(ZoneInfo(self.settings.time_zone))
        store = TableStore(self.settings.storage)
        return PortalTables(store, made_at, max(self.settings.settle_days), self.settings.list_asset_types())


def build_all_portals(
    members: Sequence[Member], storage: str, name: str = "all_portals", now: Callable[[], datetime] = read_clock
) -> dg.Definitions:
    """The definitions over several portals, to be merged with theirs.

    Args:
        members: The portals, each with a name.
        storage: The root below which a folder named like this holds the database and the report.
        name: Stands before the keys and names.
        now: The present time, with its time zone.

    Raises:
        ValueError: Two portals have the same name, or one has none.
    """
    by_name = {member.portal.name: member for member in members}
    if len(by_name) < len(members) or "" in by_name:
        raise ValueError("Over several portals each needs a name of its own, and each is named once.")
    own = Portal(name, (name,))
    store = TableStore(f"{storage.rstrip('/')}/{name}")
    assets = [_build_database(own, by_name, store)]
    if has_renderer():
        assets.append(_build_report(own, by_name, store, now))
    answers = [key for asset in assets for key in asset.keys]
    inputs = [key for member in members for key in member.list_inputs()]
    return dg.Definitions(assets=assets, sensors=[build_after_every_run("answers", answers, inputs, portal=own)])


def _build_database(own: Portal, members: Mapping[str, Member], store: TableStore) -> dg.AssetsDefinition:
    spec = dg.AssetSpec(
        key=own.key(DATABASE_KEY),
        deps=[key for member in members.values() for key in member.list_inputs()],
        group_name=own.to_name("marts"),
        kinds={"duckdb"},
        owners=OWNERS,
        description=f"One file, `{DATABASE}`, over the portals {', '.join(members)}: a view for each table and the "
        "marts as tables, each with the column `portal` first. Amounts stand beside their currencies.",
    )

    @dg.multi_asset(
        name=own.to_name("__".join(DATABASE_KEY.path)),
        specs=[spec],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def campaigns_duckdb(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        stores = {name: TableStore(member.settings.storage) for name, member in members.items()}
        with plain_failures():
            written = build_portals_database(stores, store, context.log)
        if written is None:
            return dg.MaterializeResult(metadata={"left_out": "Some tables do not lie in a folder of this machine."})
        return dg.MaterializeResult(metadata=to_database_metadata(written))

    return campaigns_duckdb


def _build_report(
    own: Portal, members: Mapping[str, Member], store: TableStore, now: Callable[[], datetime]
) -> dg.AssetsDefinition:
    spec = dg.AssetSpec(
        key=own.key(REPORT_KEY),
        deps=[key for member in members.values() for key in member.list_inputs()],
        group_name=own.to_name("reports"),
        kinds={"html"},
        owners=OWNERS,
        description=f"One page, `{REPORT}`, over the portals {', '.join(members)}: what each has beside the others, "
        "then a part for each. Nothing is added up over portals or currencies. Needs the extra `report`.",
    )

    @dg.multi_asset(
        name=own.to_name("__".join(REPORT_KEY.path)),
        specs=[spec],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def campaign_report(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        tables = {name: member.to_tables(now()) for name, member in members.items()}
        with plain_failures():
            written = build_portals_report(tables, store)
        for name, reason in written.missing.items():
            context.log.warning(f"Nothing is shown of {name}: {reason}")
        return dg.MaterializeResult(
            metadata={
                "report": dg.MetadataValue.path(written.location),
                "size_kb": written.size / 1000,
                "campaigns": {name: len(figures.campaigns) for name, figures in written.figures.items()},
                "without_figures": dict(written.missing),
            }
        )

    return campaign_report
