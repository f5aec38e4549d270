"""Two HubSpot accounts in one code location: names, tables, requests and what is asked of the instance stay apart."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from logging import getLogger
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import pyarrow as pa
import pytest
from click.testing import CliRunner

from campaign_assets.catalog import get_metric_asset_type
from campaign_assets.cli.main import main
from campaign_assets.defs.automation.alert_cooldown import AlertCooldown
from campaign_assets.defs.building import build_definitions
from campaign_assets.defs.instance.due_cells import find_due_cells, leave_out_in_progress
from campaign_assets.defs.instance.run_outcomes import Outcome, find_outcome
from campaign_assets.defs.instance.run_owners import is_run_of
from campaign_assets.defs.keys import ASSET_PERFORMANCE_KEY, CAMPAIGNS_KEY, METRICS_KEYS
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.translator import HubSpotCampaignsTranslator, TranslatorData
from campaign_assets.emulator.options import TokenGrant
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGNS, ChangeLog
from campaign_assets_tests.conftest import MakeWorkplace, Serve
from campaign_assets_tests.expected_cells import assert_all_tables_are_true
from campaign_assets_tests.workplace import DAYS, NOW, Workplace

NAMES = ("acme", "globex")
TYPES = tuple(map(get_metric_asset_type, ("blog_post", "form", "marketing_email")))
ACME, GLOBEX = (Portal(name, (name,), TYPES) for name in NAMES)
BLOG_POST = METRICS_KEYS["BLOG_POST"]
RUNNING = dg.DagsterRunStatus.STARTED


@dataclass
class Office:
    """A code location with two portals, each with an account and a token of its own."""

    instance: dg.DagsterInstance
    definitions: dg.Definitions
    portals: dict[str, Workplace]

    def run(self, keys: Sequence[dg.AssetKey]) -> dg.ExecuteInProcessResult:
        """Materializes assets of a day, in one run."""
        job = self.definitions.resolve_implicit_global_asset_job_def()
        tags = {"dagster/partition": str(DAYS[0])}
        return job.execute_in_process(asset_selection=keys, tags=tags, instance=self.instance, raise_on_error=False)


@pytest.fixture
def office(
    make_workplace: MakeWorkplace, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    first = make_workplace()
    portals, built = {}, []
    for number, name in enumerate(NAMES):
        token = f"pat-na1-{number}0000000-0000-4000-8000-000000000000"
        server = serve(campaigns=10 + number, seed=number, tokens=(TokenGrant(token),))
        environ = {
            "CAMPAIGN_ASSETS_PORTAL": name,
            "CAMPAIGN_ASSETS_STORAGE": str(tmp_path / "both"),
            "CAMPAIGN_ASSETS_TYPES": ",".join(asset_type.slug for asset_type in TYPES),
            "HUBSPOT_BASE_URL": server.url,
            "HUBSPOT_ACCESS_TOKEN": token,
        }
        monkeypatch.setenv(f"{name.upper()}_TOKEN", token)
        settings = replace(Settings.from_environ(environ), credentials={"access_token": f"{name.upper()}_TOKEN"})
        portals[name] = Workplace(server, first.instance, settings)
        built.append(build_definitions(settings, now=lambda: NOW))
    yield Office(first.instance, dg.Definitions.merge(*built), portals)


def list_names(definitions: dg.Definitions) -> dict[str, set[str]]:
    """Every name that the definitions take in Dagster, by kind."""
    repository = definitions.get_repository_def()
    jobs = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    nodes = repository.asset_graph.asset_nodes
    return {
        "assets": {
            node.key.to_user_string() for node in nodes if node.is_materializable or node.group_name != "default"
        },
        "jobs": {job.name for job in jobs},
        "ops": {node.name for job in jobs for node in job.nodes},
        "schedules": {schedule.name for schedule in repository.schedule_defs},
        "sensors": {
            sensor.name for sensor in repository.sensor_defs if sensor.name != "default_automation_condition_sensor"
        },
        "resources": {*(definitions.resources or {})},
        "pools": {pool for node in nodes for pool in node.pools or ()},
        "groups": {node.group_name for node in nodes if node.group_name != "default"},
    }


def test_a_portals_names_are_the_plain_ones_behind_its_own() -> None:
    plain = list_names(build_definitions(Settings()))
    named = list_names(build_definitions(Settings(), Portal("acme", ("acme",))))
    assert named.pop("assets") == {f"acme/{name}" for name in plain.pop("assets")}
    assert named == {kind: {f"acme_{name}" for name in names} for kind, names in plain.items()}


def test_both_are_read_in_one_run_each_with_its_own_token_into_its_own_tables(office: Office) -> None:
    keys = [key for p in (ACME, GLOBEX) for key in (p.campaigns_key, p.campaign_assets_key, *p.metrics)]
    assert office.run(keys).success
    for name, workplace in office.portals.items():
        assert_all_tables_are_true(workplace, DAYS[:1], TYPES)  # an account refuses any token but its own
        assert workplace.settings.storage.endswith(f"/both/{name}")


def test_the_command_line_asks_about_the_portal_that_the_environment_names(office: Office) -> None:
    assert office.run([ACME.campaigns_key, ACME.campaign_assets_key, ACME.key(BLOG_POST)]).success
    environ = {
        "CAMPAIGN_ASSETS_PORTAL": "acme",
        "CAMPAIGN_ASSETS_STORAGE": str(Path(office.portals["acme"].settings.storage).parent),
        "CAMPAIGN_ASSETS_TYPES": "blog_post",
        "CAMPAIGN_ASSETS_START_DATE": str(DAYS[0]),
        "DAGSTER_HOME": office.instance.root_directory,
    }
    said = json.loads(CliRunner(env=environ).invoke(main, ["status", "--json"]).output)
    tables = {table["table"]: table for table in said["tables"]}
    assert said["due_by"] == "instance" and tables["hubspot/campaigns"]["rows"] == 10
    assert tables["hubspot/asset_metrics/blog_post"]["days"]["unknown"] == 0
    assert "hubspot/asset_metrics/form" not in tables


def test_what_one_refuses_leaves_the_other_alone(office: Office) -> None:
    office.portals["acme"].server.portal.faults.add("search", 403, times=None)
    result = office.run([ACME.campaigns_key, GLOBEX.campaigns_key])
    assert not result.success
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [GLOBEX.campaigns_key]


def add_run(instance: dg.DagsterInstance, portal: Portal, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    run = dg.DagsterRun(
        job_name="any",
        run_id=str(uuid4()),
        status=status,
        tags={"dagster/partition": str(DAYS[0]), **{name.replace("__", "/"): tag for name, tag in tags.items()}},
        asset_selection=frozenset({portal.key(BLOG_POST)}),
    )
    instance.add_run(run)
    return run


def test_a_cell_that_one_reads_is_still_due_for_the_other(office: Office) -> None:
    add_run(office.instance, ACME, RUNNING)
    calendar = office.portals["acme"].settings.build_calendar(lambda: NOW)
    with dg.build_sensor_context(instance=office.instance) as sensor:
        left = {}
        for portal in (ACME, GLOBEX):
            due = find_due_cells(office.instance, portal, calendar, NOW, sensor.log, [portal.key(BLOG_POST)])
            left[portal.name] = len(due) - len(leave_out_in_progress(office.instance, portal, due, sensor.log))
    assert left == {"acme": 1, "globex": 0}


def test_a_run_key_that_both_use_tells_each_of_its_own_run(office: Office) -> None:
    tags = {"dagster__run_key": "campaigns #1", "dagster__sensor_name": "acme_campaign_changes"}
    add_run(office.instance, ACME, dg.DagsterRunStatus.FAILURE, **tags)
    assert find_outcome(office.instance, "acme_campaign_changes", "campaigns #1") is Outcome.FAILED
    assert find_outcome(office.instance, "globex_campaign_changes", "campaigns #1") is Outcome.UNKNOWN


def test_what_one_was_told_of_is_told_to_the_other_too(office: Office) -> None:
    told, other = (AlertCooldown(office.instance, p, "late_days", lambda: NOW, getLogger()) for p in (ACME, GLOBEX))
    told.begin("late days")
    assert not told.is_over("late days", timedelta(hours=1)) and other.is_over("late days", timedelta(hours=1))


def tick(office: Office, name: str) -> Any:
    repository = office.definitions.get_repository_def()
    resources = dict(office.definitions.resources or {})
    with dg.build_sensor_context(instance=office.instance, repository_def=repository, resources=resources) as context:
        return repository.get_sensor_def(name).evaluate_tick(context)


def test_what_runs_by_itself_asks_for_assets_of_its_own_portal_by_a_job_of_its_own(office: Office) -> None:
    acme = office.portals["acme"]
    assert office.run([ACME.campaigns_key, ACME.campaign_assets_key]).success
    added = {"changed_at": NOW, "change": "added", "asset_type": "BLOG_POST", "asset_id": "1", "asset_name": None}
    rows = [{**added, "campaign_id": acme.store.read(CAMPAIGNS.path)["campaign_id"][0].as_py()}]
    table = pa.Table.from_pylist(rows, schema=CAMPAIGN_ASSET_CHANGES.columns)
    ChangeLog(acme.store, CAMPAIGN_ASSET_CHANGES.path).append(table, timestamp=NOW, day=NOW.date(), before="")
    repository = office.definitions.get_repository_def()
    night = dg.build_schedule_context(instance=office.instance, scheduled_execution_time=NOW, repository_def=repository)
    asked: list[tuple[Any, Any]] = [
        ("acme_refresh_everything", repository.get_schedule_def("acme_daily_refresh").evaluate_tick(night))
    ]
    for sensor in ("acme_campaign_changes", "acme_late_metrics", "acme_association_backfill"):
        asked.append((repository.get_sensor_def(sensor).job_name, tick(office, sensor)))
    for job, ticked in asked:
        assert ticked.run_requests and job.startswith("acme_")
        for request in ticked.run_requests:
            keys = set(request.asset_selection or ())
            assert all(map(ACME.owns, keys))
            whole = repository.get_job(job)
            assert dg.validate_run_config(whole.get_subset(asset_selection=keys) if keys else whole, request.run_config)
    assert asked[-1][1].run_requests[0].run_config["ops"].keys() == {"acme_asset_metrics"}
    assert not tick(office, "globex_association_backfill").run_requests


def test_a_run_is_the_business_of_its_own_portal(office: Office) -> None:
    mine = dg.asset(key="mine")(lambda: None)
    plain = build_definitions(Settings())
    repository = dg.Definitions.merge(office.definitions, plain, dg.Definitions([mine])).get_repository_def()
    run = add_run(office.instance, ACME, RUNNING)
    both = replace_selection(run, {ACME.campaigns_key, CAMPAIGNS_KEY})
    users = replace_selection(run, {mine.key})
    job = replace_selection(run, None, {"campaign_assets/portal": "acme"})
    found = {
        name: [is_run_of(portal, one, repository) for one in (run, both, users, job)]
        for name, portal in {"acme": ACME, "globex": GLOBEX, "": Portal()}.items()
    }
    assert found == {
        "acme": [True, True, False, True],
        "globex": [False, False, False, False],
        "": [False, True, True, False],
    }


def replace_selection(
    run: dg.DagsterRun, keys: set[dg.AssetKey] | None, tags: dict[str, str] | None = None
) -> dg.DagsterRun:
    return dg.DagsterRun(job_name="any", tags=tags or {}, asset_selection=frozenset(keys) if keys else None)


def test_portals_with_names_stand_beside_one_without(office: Office) -> None:
    merged = dg.Definitions.merge(office.definitions, build_definitions(Settings()))
    repository = merged.get_repository_def()  # which refuses an asset that two automation sensors look after
    graph = repository.asset_graph
    targets: dict[str, set[dg.AssetKey]] = {}
    for sensor in repository.sensor_defs:
        if isinstance(sensor, dg.AutomationConditionSensorDefinition) and sensor.name.endswith("automation"):
            targets[sensor.name] = set(sensor.asset_selection.resolve(graph))
    assert ASSET_PERFORMANCE_KEY in targets["automation"]
    assert {ACME.key(ASSET_PERFORMANCE_KEY)} == targets["acme_automation"] & {
        p.key(ASSET_PERFORMANCE_KEY) for p in (ACME, GLOBEX)
    }


class Translator(HubSpotCampaignsTranslator):
    """As a user writes one."""

    def get_asset_spec(self, data: TranslatorData) -> dg.AssetSpec:
        """An asset as the CRM's people call it."""
        spec = super().get_asset_spec(data)
        return spec.replace_attributes(
            key=["raw", data.portal, data.table.replace("/", "_")], group_name="crm", owners=["team:crm"]
        )


def test_a_translator_gives_assets_other_keys_and_the_tables_stay_where_they_are(office: Office) -> None:
    workplace = office.portals["acme"]
    portal = Portal.from_settings(workplace.settings, Translator())
    product = build_definitions(workplace.settings, portal, now=lambda: NOW)

    @dg.asset(ins={"campaigns": dg.AssetIn(key=["raw", "acme", "hubspot_campaigns"])}, io_manager_key="acme_io_manager")
    def names(campaigns: Any) -> Any:
        return campaigns[["name"]]

    definitions = dg.Definitions.merge(product, dg.Definitions([names]))
    job = definitions.resolve_implicit_global_asset_job_def()
    keys = [portal.campaigns_key, portal.campaign_assets_key, *portal.metrics, names.key]
    tags = {"dagster/partition": str(DAYS[0])}
    assert job.execute_in_process(asset_selection=keys, tags=tags, instance=office.instance).success
    assert_all_tables_are_true(workplace, DAYS[:1], TYPES)
    assert workplace.store.read(["names"]).num_rows == 10
    node = definitions.resolve_asset_graph().get(dg.AssetKey(["raw", "acme", "hubspot_asset_metrics_blog_post"]))
    assert (node.group_name, node.owners) == ("crm", ["team:crm"])
    assert node.parent_keys == {portal.campaign_assets_key}


def test_a_translator_that_gives_two_assets_one_key_is_told_so() -> None:
    class Same(HubSpotCampaignsTranslator):
        def get_asset_spec(self, data: TranslatorData) -> dg.AssetSpec:
            return data.spec.replace_attributes(key="same")

    with pytest.raises(dg.DagsterInvalidDefinitionError, match="gives hubspot/campaigns and hubspot/campaign_assets"):
        build_definitions(Settings(), Portal("acme", translator=Same()))


def test_a_key_that_follows_from_more_than_portal_and_table_is_refused() -> None:
    class ByDescription(HubSpotCampaignsTranslator):
        def get_asset_spec(self, data: TranslatorData) -> dg.AssetSpec:
            return data.spec.replace_attributes(
                key=[*data.spec.key.path, "described" if data.spec.description else "x"]
            )

    with pytest.raises(dg.DagsterInvalidDefinitionError, match="let the key follow from portal and table alone"):
        build_definitions(Settings(), Portal("acme", translator=ByDescription()))


@pytest.mark.parametrize("automation", [True, False])
def test_automation_is_on_or_off_as_a_whole(automation: bool) -> None:
    definitions = build_definitions(Settings(), Portal("acme", automation=automation))
    repository = definitions.get_repository_def()
    statuses = {one.default_status.value for one in repository.schedule_defs}
    statuses |= {one.default_status.value for one in repository.sensor_defs}
    assert statuses == {"RUNNING" if automation else "STOPPED"}


def test_only_the_chosen_types_have_assets() -> None:
    settings = Settings(asset_types=("BLOG_POST", "FORM"))
    graph = build_definitions(settings).resolve_asset_graph()
    read = {key for key in METRICS_KEYS.values() if graph.has(key) and graph.get(key).is_materializable}
    assert read == {METRICS_KEYS["BLOG_POST"], METRICS_KEYS["FORM"]}
    assert graph.get(ASSET_PERFORMANCE_KEY).parent_keys == read
