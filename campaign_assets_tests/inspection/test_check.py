"""`campaign-assets check`: what is ready has its ✓, what is not says what to do, and no secret is shown."""

import json
import shutil
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from campaign_assets.cli.dagster_home import build_quietly
from campaign_assets.cli.main import main
from campaign_assets.defs.automation.readiness import CHECK_READINESS
from campaign_assets.defs.keys import POOL
from campaign_assets.emulator.options import DEFAULT_TOKEN, SCOPE_SETS, OAuthApp, TokenGrant
from campaign_assets.extract.estimate import Limits
from campaign_assets.inspection.account_check import READ_SCOPE, REVENUE_SCOPE, check_quota, check_version
from campaign_assets.inspection.storage_check import check_storage
from campaign_assets.settings import Settings
from campaign_assets.tables import TableStore
from campaign_assets_tests.conftest import MakeWorkplace, Serve, open_instance

Check = Callable[..., Result]


@pytest.fixture
def check(serve: Serve, tmp_path: Path, empty_home: str) -> Check:
    """Runs the command against an emulated account, with an instance in which nothing has run."""

    def run(*words: str, settings: dict[str, str] | None = None, **options: object) -> Result:
        environ = {
            "HUBSPOT_BASE_URL": serve(**options).url,
            "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
            "CAMPAIGN_ASSETS_STORAGE": str(tmp_path / "tables"),
            "CAMPAIGN_ASSETS_TIMEZONE": "America/New_York",
            "DAGSTER_HOME": "",
            **(settings or {}),
        }
        return CliRunner(env=environ).invoke(main, ["check", *words])

    return run


def find(result: Result, subject: str) -> str:
    (line,) = [line for line in result.output.splitlines() if f" {subject}: " in line]
    return line


def test_a_ready_account_has_its_tick_on_every_line(check: Check) -> None:
    result = check(time_zone="US/Eastern", currency="EUR", rate_limit=190)
    ready = ("token", "account", "region", "time zone", "currency", f"scope {READ_SCOPE}", f"scope {REVENUE_SCOPE}")
    for subject in (*ready, "rate limit", "daily quota", "API version", "storage", "atomic replacement"):
        assert find(result, subject).startswith("✓"), subject
    assert "EUR" in find(result, "currency") and "190 requests" in find(result, "rate limit")
    assert "12 campaigns" in find(result, f"scope {READ_SCOPE}")
    assert "na1" in find(result, "region")


def test_nothing_that_was_tried_stays_behind(check: Check, tmp_path: Path) -> None:
    check()
    assert not [file for file in (tmp_path / "tables").rglob("*") if file.is_file()]


@pytest.mark.parametrize(
    ("settings", "options", "subject", "advice"),
    [
        ({"HUBSPOT_ACCESS_TOKEN": ""}, {}, "token", "HUBSPOT_ACCESS_TOKEN is not set: set it"),
        ({"HUBSPOT_ACCESS_TOKEN": "pat-na1-wrong-secret"}, {}, "account", "Set HUBSPOT_ACCESS_TOKEN"),
        ({"HUBSPOT_BASE_URL": "http://127.0.0.1:9"}, {}, "account", "Is HUBSPOT_BASE_URL right"),
        ({}, {"time_zone": "Europe/Berlin"}, "time zone", "set it to the account's"),
        ({}, {"scopes": "none"}, f"scope {READ_SCOPE}", "Grant the app the scope marketing.campaigns.read"),
        ({}, {"campaigns_in_plan": False}, f"scope {READ_SCOPE}", "Check that the account's plan includes campaigns"),
        ({}, {"scopes": "without-revenue"}, f"scope {REVENUE_SCOPE}", "set CAMPAIGN_ASSETS_REVENUE_MODELS=none"),
        ({"CAMPAIGN_ASSETS_STORAGE": "/proc/tables"}, {}, "storage", "Check the folder's rights"),
        ({}, {}, "DAGSTER_HOME", "not set"),
        ({"DAGSTER_HOME": "relative"}, {}, "DAGSTER_HOME", "is no absolute path"),
    ],
)
def test_what_is_not_ready_says_what_to_do(
    check: Check, settings: dict[str, str], options: dict[str, object], subject: str, advice: str
) -> None:
    result = check(settings=settings, **_to_portal(options))
    line = find(result, subject)
    assert line.startswith("✗") and advice in line
    assert result.exit_code == 1
    assert "secret" not in result.output and DEFAULT_TOKEN not in result.output


def test_a_folder_of_dagsters_that_is_not_there_is_not_taken_for_one_that_is(check: Check, tmp_path: Path) -> None:
    home = tmp_path / "mistyped"
    result = check(settings={"DAGSTER_HOME": str(home), "CAMPAIGN_ASSETS_STORAGE": "data"})
    assert "is no folder: make it" in find(result, "DAGSTER_HOME")
    assert "was not tried" in find(result, "storage") and not home.exists()


def _to_portal(options: dict[str, object]) -> dict[str, object]:
    scopes = options.pop("scopes", None)
    return options | ({"tokens": (TokenGrant(DEFAULT_TOKEN, SCOPE_SETS[str(scopes)]),)} if scopes else {})


def test_a_scope_that_the_settings_do_not_need_is_not_asked_for(check: Check) -> None:
    result = check(settings={"CAMPAIGN_ASSETS_REVENUE_MODELS": "none"}, **_to_portal({"scopes": "without-revenue"}))
    assert find(result, f"scope {REVENUE_SCOPE}").startswith("–")


def test_the_instance_is_ready_when_pool_and_automation_are(check: Check, empty_home: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(empty_home, home)
    result = check(settings={"DAGSTER_HOME": str(home)})
    assert find(result, f"pool {POOL}").endswith(f"dagster instance concurrency set {POOL} 1.")
    assert find(result, "daily_refresh").startswith("✗") and result.exit_code == 1
    with open_instance(str(home)) as instance:
        instance.event_log_storage.set_concurrency_slots(POOL, 1)
    assert find(check(settings={"DAGSTER_HOME": str(home)}), f"pool {POOL}").startswith("✓ ")


def test_a_limit_that_is_the_default_only_is_not_enough(check: Check, tmp_path: Path) -> None:
    # Dagster lets several runs through when such a pool is first used.
    for number, granularity in enumerate(("run", "op")):
        home = tmp_path / str(number)
        home.mkdir()
        pools = f"concurrency: {{pools: {{granularity: {granularity}, default_limit: 1}}}}"
        (home / "dagster.yaml").write_text(pools)
        line = find(check(settings={"DAGSTER_HOME": str(home)}), f"pool {POOL}")
        assert line.startswith("✗") and "1 by default only" in line and line.endswith(f"set {POOL} 1.")
        with dg.DagsterInstance.from_config(str(home)) as instance:
            instance.event_log_storage.set_concurrency_slots(POOL, 1)
        line = find(check(settings={"DAGSTER_HOME": str(home)}), f"pool {POOL}")
        assert line.startswith("✓" if granularity == "run" else "✗") and ("granularity: run" in line) is (
            granularity == "op"
        )


def test_the_sensor_of_late_reports_is_needed_where_reports_are_read_by_day(check: Check, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for reports, is_needed in (("", False), ("attribution", True)):
        result = check(settings={"DAGSTER_HOME": str(home), "CAMPAIGN_ASSETS_DAILY_REPORTS": reports})
        assert ("✗ late_reports: off" in result.output) is is_needed
        assert "✗ daily_refresh: off, so that nothing is read at night: switch it on" in result.output


def test_an_app_of_oauth_has_no_day_to_run_out_of(check: Check) -> None:
    app = OAuthApp()
    own = {"HUBSPOT_CLIENT_ID": app.client_id, "HUBSPOT_CLIENT_SECRET": app.client_secret}
    result = check(settings={**own, "HUBSPOT_REFRESH_TOKEN": app.refresh_token, "HUBSPOT_ACCESS_TOKEN": ""})
    assert "an OAuth app" in find(result, "token") and find(result, "daily quota").startswith("–")
    assert "110 requests" in find(result, "rate limit")


def test_json_says_the_same(check: Check) -> None:
    shown = check("--json")
    findings = {finding["subject"]: finding for finding in json.loads(shown.output)}
    assert findings["account"]["passed"] is True and findings["DAGSTER_HOME"]["passed"] is False
    assert shown.exit_code == 1


@pytest.mark.parametrize(
    ("version", "today", "passed"),
    [
        ("v3", date(2027, 8, 31), True),
        ("v3", date(2027, 9, 1), False),
        ("2025-09", date(2027, 2, 28), True),
        ("2025-09", date(2027, 3, 1), False),
        ("2026-09-beta", date(2030, 1, 1), True),
    ],
)
def test_a_version_is_ready_while_hubspot_supports_it(version: str, today: date, passed: bool) -> None:
    assert check_version(version, today).passed is passed


def test_a_day_of_which_only_the_reserve_is_left_is_not_ready() -> None:
    assert check_quota(Limits(190, 1_000, left_today=51), 5).passed is True
    assert check_quota(Limits(190, 1_000, left_today=50), 5).passed is False
    assert check_quota(Limits(190, 1_000), 5).passed is None


def test_a_storage_that_is_no_folder_is_tried_as_well() -> None:
    assert [finding.passed for finding in check_storage(TableStore("memory://checked"))] == [True, True]


def test_a_storage_that_writes_into_open_files_is_not_ready(tmp_path: Path) -> None:
    class InPlace(TableStore):
        """A storage whose files are written over, as some network disks do it."""

        def replace_other(self, place: str, data: pa.Buffer) -> str:
            target = self.root / place
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(data.to_pybytes())
            return str(target)

    assert [finding.passed for finding in check_storage(InPlace(str(tmp_path)))] == [True, False]


def test_the_job_says_the_same_in_the_ui(make_workplace: MakeWorkplace) -> None:
    ready = make_workplace()
    job = ready.definitions.resolve_job_def(CHECK_READINESS)
    result = job.execute_in_process(instance=ready.instance, raise_on_error=False)
    reasons = ready.get_failure(result).splitlines()
    # Nobody has switched anything on in this instance; the account itself is ready.
    assert [line.split(":")[0] for line in reasons] == [
        f"✗ pool {POOL}",
        "✗ daily_refresh",
        "✗ late_metrics",
        "✗ daemon",
    ]


def test_an_account_in_another_region_is_told_its_address(serve: Serve) -> None:
    server = serve()
    envelope = {"context": {"correctHublet": ["eu1"]}}
    server.portal.faults.add("account_details", 488, times=None, envelope=envelope)
    environ = {"HUBSPOT_BASE_URL": server.url, "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN, "DAGSTER_HOME": ""}
    line = find(CliRunner(env=environ).invoke(main, ["check"]), "region")
    assert line.startswith("✗") and "Set HUBSPOT_BASE_URL to https://api-eu1.hubapi.com" in line


def test_building_the_code_location_says_nothing_to_the_person_at_the_shell() -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert build_quietly(Settings()).schedules
    assert not said
