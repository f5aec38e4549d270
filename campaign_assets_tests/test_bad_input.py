"""What people may type wrongly: the response is a clear sentence and a failure, and nothing is written."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.cli.main import main
from campaign_assets.defs.resources import HubSpotResource
from campaign_assets.hubspot import ConfigurationError
from campaign_assets.settings import VARIABLES, Settings, SettingsError
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.workplace import DAYS, METRICS, SNAPSHOTS, Workplace

NOBODY = "00000000-0000-4000-8000-000000000000"
LONG = "x" * 5_000


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("HUBSPOT_BASE_URL", "https://api.hubapi.com\n.evil.example", "an https address"),
        ("HUBSPOT_BASE_URL", "https://api hubapi.com", "an https address"),
        ("CAMPAIGN_ASSETS_UI_URL", "https://dagster\n.example.com", "an address such as"),
        ("CAMPAIGN_ASSETS_UI_URL", "https://dagster.example.com:port", "an address such as"),
        ("CAMPAIGN_ASSETS_UI_URL", "javascript:alert(1)", "an address such as"),
        ("CAMPAIGN_ASSETS_UI_URL", "https://a|b", "an address such as"),
        ("CAMPAIGN_ASSETS_STORAGE", "tables\x00", "a folder, or an address"),
        ("CAMPAIGN_ASSETS_STORAGE", "ta\nbles", "a folder, or an address"),
        ("CAMPAIGN_ASSETS_STORAGE", "://", "a folder, or an address"),
        ("CAMPAIGN_ASSETS_STORAGE", LONG, "File name too long"),
        ("CAMPAIGN_ASSETS_STORAGE", "/etc/passwd", "it is a file"),
        ("CAMPAIGN_ASSETS_STORAGE", "~nobody-of-that-name/tables", "a folder, or an address"),
        ("CAMPAIGN_ASSETS_STORAGE", "file:///etc/passwd", "it is a file"),
        ("CAMPAIGN_ASSETS_STORAGE", "file://tables", "a folder's address has three slashes"),
        ("CAMPAIGN_ASSETS_STORAGE", "s3:/bucket", "two slashes after the colon"),
        ("CAMPAIGN_ASSETS_STORAGE", "s3:bucket", "two slashes after the colon"),
        ("CAMPAIGN_ASSETS_STORAGE", "nosuch:/bucket", "two slashes after the colon"),
        ("CAMPAIGN_ASSETS_STORAGE", "s3://", "it names no bucket"),
        ("CAMPAIGN_ASSETS_STORAGE", "gs:///prefix", "it names no bucket"),
        ("CAMPAIGN_ASSETS_STORAGE", "hdfs://", "it names no bucket"),
        ("CAMPAIGN_ASSETS_STORAGE", "https://example.com/tables", "it can only be read"),
        ("CAMPAIGN_ASSETS_STORAGE", "memory://tables", "it ends with its process"),
        ("CAMPAIGN_ASSETS_STORAGE", "zip://tables.zip", "no file can be replaced there"),
        ("CAMPAIGN_ASSETS_STORAGE", "filecache://bucket", "a cache is no place of its own"),
        ("CAMPAIGN_ASSETS_STORAGE", "simplecache::s3://bucket", "one address is expected"),
        ("CAMPAIGN_ASSETS_UI_URL", "https://dagster.example.com/?a=b", "an address such as"),
        ("CAMPAIGN_ASSETS_UI_URL", "https://dagster.example.com/#runs", "an address such as"),
        ("CAMPAIGN_ASSETS_TIMEZONE", "Europe", "did you mean Europe/"),
        ("CAMPAIGN_ASSETS_TIMEZONE", LONG, "a time zone's name"),
        ("CAMPAIGN_ASSETS_TIMEZONE", "/etc/localtime", "a time zone's name"),
        ("CAMPAIGN_ASSETS_SETTLE_DAYS", "0,,1", "rising whole numbers"),
        ("CAMPAIGN_ASSETS_HISTORY_DAYS", "1e3", "a whole number from 0 to 10000"),
        ("CAMPAIGN_ASSETS_PROPERTIES", "region\x00", "is no internal name"),
        ("CAMPAIGN_ASSETS_START_DATE", "2025-13-45", "a date such as 2025-01-01"),
        ("HUBSPOT_MAX_IN_FLIGHT", "257", "a whole number from 1 to 256"),
        ("HUBSPOT_DAILY_RESERVE", "nan", "a whole number from 0 to 99"),
        ("HUBSPOT_API_VERSION", "v3\n2026-03", "v3, or a date such as 2026-03"),
    ],
)
def test_a_hostile_setting_is_one_printable_sentence(name: str, value: str, hint: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environ({name: value})
    message = str(raised.value)
    assert message.startswith(f"{name} is ") and hint in message
    assert message.isprintable() and len(message) < 500


@pytest.mark.parametrize("value", ["https://a\nb/x", "https://a b/x", "ftp://a/x", "http://a/x", "https://", "x", LONG])
def test_a_webhook_that_is_none_is_refused_and_not_shown(value: str) -> None:
    with pytest.raises(SettingsError, match="CAMPAIGN_ASSETS_ALERT_WEBHOOK may hold an https address") as raised:
        Settings.from_environ({"CAMPAIGN_ASSETS_ALERT_WEBHOOK": value})
    assert value not in str(raised.value).replace("an https address", "")


@pytest.mark.parametrize("password", ["word", "wo/rd", "wo@rd", "wo\nrd"])
def test_a_password_in_an_address_does_not_show_whatever_it_holds(password: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environ({"HUBSPOT_BASE_URL": f"https://user:{password}@example.com"})
    assert "wo" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("CAMPAIGN_ASSETS_STORAGE", "s3://AKIA:hidden@bucket/prefix"),
        ("CAMPAIGN_ASSETS_STORAGE", "s3://hidden@bucket"),
        ("CAMPAIGN_ASSETS_STORAGE", "s3://AKIA:hid/den@bucket"),
        ("CAMPAIGN_ASSETS_STORAGE", "s3://AKIA%3Ahidden%40bucket"),
        ("CAMPAIGN_ASSETS_STORAGE", "abfs://container:hidden@account.dfs.core.windows.net"),
        ("CAMPAIGN_ASSETS_STORAGE", "sftp://me:hidden@host:22/tables"),
        ("CAMPAIGN_ASSETS_STORAGE", "s3://bucket/prefix?key=hidden"),
        ("CAMPAIGN_ASSETS_STORAGE", "s3://bucket?region=eu&SECRET=hidden"),
        ("CAMPAIGN_ASSETS_STORAGE", "gs://bucket/prefix?tok%65n=hidden"),
        ("CAMPAIGN_ASSETS_STORAGE", "az://container?sv=1;sig=hidden"),
        ("CAMPAIGN_ASSETS_STORAGE", "s3://bucket#access_key=hidden"),
        ("CAMPAIGN_ASSETS_UI_URL", "https://me:hidden@dagster.example.com"),
        ("CAMPAIGN_ASSETS_UI_URL", "https://hidden@dagster.example.com"),
        ("CAMPAIGN_ASSETS_UI_URL", "https://me:hid/den@dagster.example.com/"),
    ],
)
def test_credentials_in_an_address_are_refused_and_not_shown(name: str, address: str) -> None:
    with pytest.raises(SettingsError, match="credentials do not belong in the address") as raised:
        Settings.from_environ({name: address})
    message = str(raised.value).replace(address.partition("@")[0] if "%40" in address else "", "")
    assert message.startswith(f"{name} is ")
    assert "hid" not in message and "AKIA" not in message


@pytest.mark.parametrize(
    "address", ["s3:/AKIA:hidden@bucket", "s3:AKIA:hidden@bucket", "me:hidden@host\nx", "a\n?key=hidden"]
)
def test_what_looks_like_credentials_is_never_shown(address: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environ({"CAMPAIGN_ASSETS_STORAGE": address})
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize("token", ["pat\nna1", "'pat-na1'", "pat na1", "pät", "pat\x7f"])
def test_a_token_with_a_line_break_a_quote_or_a_space_fails_the_run_before_it_is_sent(
    make_workplace: MakeWorkplace, token: str
) -> None:
    workplace = make_workplace({"HUBSPOT_ACCESS_TOKEN": token}, campaigns=1)
    result = workplace.run(SNAPSHOTS)
    assert "HUBSPOT_ACCESS_TOKEN holds characters that no token has" in workplace.get_failure(result)
    assert_nothing_was_done(workplace, result)


def assert_nothing_was_done(workplace: Workplace, result: dg.ExecuteInProcessResult) -> None:
    assert not result.success
    assert workplace.server.stats.requests == 0
    assert list(workplace.store.root.rglob("*")) == []


# The command line.


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to stand in, and an environment without settings; the folder is empty afterwards too."""
    home, here = tmp_path / "home", tmp_path / "here"
    for folder in (home, here):
        folder.mkdir()
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.chdir(here)
    yield here
    assert list(here.rglob("*")) == []


def type_in(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def assert_sentence(result: Result, sentence: str) -> None:
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code not in (0, None)
    assert sentence in " ".join(result.output.split())
    assert "Traceback" not in result.output
    assert len(result.output) < 1_500


RANGE = ("--from", "2026-03-01", "--to", "2026-03-02")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("no-such-command",), "No such command 'no-such-command'"),
        (("emulator", "--port", "70000"), "70000 is not in the range"),
        (("emulator", "--port", "http"), "'http' is not a valid integer"),
        (("emulator", "--host", "no.such.host.invalid", "--port", "0"), "cannot listen on no.such.host.invalid"),
        (("emulator", "--time-zone", "Europe"), "no such time zone: Europe"),
        (("emulator", "--time-zone", "../../etc/passwd"), "no such time zone: ../../etc/passwd"),
        (("emulator", "--time-zone", ""), "no such time zone"),
        (("emulator", "--days-of-history", "999999999"), "is not in the range 1<=x<=36500"),
        (("emulator", "--campaigns", "999999999999"), "is not in the range 0<=x<=1000000"),
        (("emulator", "--assets-per-campaign", "-1"), "-1 is not in the range"),
        (("emulator", "--today", "0001-01-01"), "not between 1990 and 2999: 0001-01-01"),
        (("emulator", "--today", "yesterday"), "neither a date nor a time: yesterday"),
        (("emulator", "--latency-ms", "nan"), "nan is no number of milliseconds"),
        (("emulator", "--arrival-delay-ms", "nan"), "nan is no number of milliseconds"),
        (("emulator", "--latency-ms", "inf"), "inf is not in the range"),
        (("emulator", "--search-lag", "nan"), "nan is no number of seconds"),
        (("emulator", "--currency", "dollars"), "no such currency: 'dollars'"),
        (("emulator", "--currency", "XYZ"), "no such currency: 'XYZ'"),
        (("emulator", "--token", ""), "Invalid value for --token: one word is expected"),
        (("emulator", "--refresh-token", "a\nb"), "Invalid value for --refresh-token: one word is expected"),
        (("emulator", "--also-token", "a:everything"), "everything is none of full"),
        (("emulator", "--fault", "503:nan"), "share is nan, but may be a number from 0 to 1"),
        (("emulator", "--fault", '503"\nx = "1:0.1'), "there is no 'x'"),
        (("emulator", "--faults", "/etc"), "is a directory"),
        (("demo", "--campaigns", "999999999"), "is not in the range 1<=x<=10000"),
        (("demo", "--port", "0"), "0 is not in the range"),
        (("demo", "--folder", ""), "--folder is empty, or the folder in which you are"),
        (("demo", "--folder", "/etc/passwd"), "is a file"),
        (("demo", "--folder", "/etc/passwd/demo"), "cannot be used: Not a directory"),
        (("demo", "--folder", "/proc/demo"), "cannot be used: No such file or directory"),
        (("emulator", "--unknown-type", ""), "the name of an asset type is expected, not ''"),
        (("emulator", "--unknown-type", "A\nB"), "the name of an asset type is expected"),
        (("demo", "--folder", "a%20b"), "databases cannot lie below a folder with"),
        (("demo", "--folder", "what?"), "databases cannot lie below a folder with"),
        (("demo", "--folder", "env=prod"), "readers of the tables would take the folder env=prod for a column"),
        (("demo", "--folder", "two\nlines"), "databases cannot lie below a folder with"),
        (("demo", "--folder", LONG[:300]), "cannot be used: File name too long"),
        (("estimate",), "Missing option '--from'"),
        (("estimate", "--from", "x", "--to", "2026-03-02"), "'x' is no day: write it as in 2025-01-31."),
        (("estimate", "--from", "2026-03-02", "--to", "2026-03-01"), "2026-03-02, comes after the last, 2026-03-01"),
        (("estimate", "--from", "2019-03-02", "--to", "2026-03-01"), "lies before 2025-01-01, the first day of the"),
        (("estimate", "--from", "2026-03-02", "--to", "2999-01-01"), "2999-01-01 is not over yet"),
        (("estimate", *RANGE, "--types", "blog_pots"), "no asset type 'blog_pots': did you mean blog_post?"),
        (("estimate", *RANGE, "--types", "../../etc/passwd"), "no asset type '../../etc/passwd': did you mean"),
        (("estimate", *RANGE, "--types", LONG), "There is no asset type 'xxxx"),
        (("estimate", *RANGE), "campaign_assets/data.parquet is not there"),
        (("backfill", *RANGE), "HUBSPOT_ACCESS_TOKEN is not set: set it to the token of the account that is read."),
        (("backfill", "--continue", NOBODY, "--from", "2026-03-01"), "--continue goes on with a range as it was"),
    ],
)
def test_a_wrong_command_says_what_is_wrong_in_a_sentence(shell: Path, words: tuple[str, ...], sentence: str) -> None:
    assert_sentence(type_in(*words), sentence)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Give --from and --to, or --continue."),
        (("--from", "2026-03-01"), "Give --from and --to, or --continue."),
        (("--from", "x", "--to", "y"), "'x' is no day: write it as in 2025-01-31."),
        (("--from", "2026-03-01", "--to", "2999-01-01"), "2999-01-01 is not over yet"),
        ((*RANGE, "--types", "blog_pots"), "did you mean blog_post?"),
        ((*RANGE, "--types", "social_broadcast,nothing"), "There is no asset type 'nothing'"),
        ((*RANGE, "--types", "form", "--reports", "revenue"), "give one of them"),
        ((*RANGE, "--reports", "contacts"), "no report by day 'contacts': did you mean attribution?"),
        ((*RANGE, "--reports", "attribution"), "is off: add attribution to CAMPAIGN_ASSETS_DAILY_REPORTS"),
        (("--continue", "../../etc/passwd"), "There is no run ../../etc/passwd in this DAGSTER_HOME."),
        (("--continue", ""), "There is no run in this DAGSTER_HOME."),
    ],
)
def test_a_wrong_backfill_says_what_is_wrong_and_sends_nothing(
    shell: Path, ready: Workplace, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sentence: str
) -> None:
    before = list_files(ready)
    use(ready, monkeypatch)
    assert_sentence(type_in("backfill", *words), sentence)
    assert list_files(ready) == before


def test_a_run_whose_partition_is_no_day_cannot_be_continued(
    shell: Path, ready: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(ready, monkeypatch)
    with dg.DagsterInstance.from_config(os.environ["DAGSTER_HOME"]) as instance:
        tags = {"dagster/partition": "eu-west"}
        instance.add_run(dg.DagsterRun("theirs", NOBODY, tags=tags, asset_selection=frozenset(METRICS)))
    assert_sentence(type_in("backfill", "--continue", NOBODY), f"Run {NOBODY} read no range of metrics")


@pytest.mark.parametrize(
    ("text", "home", "sentence"),
    [
        (None, "", "DAGSTER_HOME is not set"),
        (None, "/no/such/folder", "DAGSTER_HOME is '/no/such/folder', but there is no such folder: make it"),
        ("a: [", None, "but no instance opens there"),
        ("no_such_key: 1", None, "but no instance opens there"),
    ],
)
def test_an_instance_that_does_not_open_is_named(
    shell: Path, ready: Workplace, monkeypatch: pytest.MonkeyPatch, text: str | None, home: str | None, sentence: str
) -> None:
    use(ready, monkeypatch)
    if home is not None:
        monkeypatch.setenv("DAGSTER_HOME", home)
    if text is not None:
        (Path(os.environ["DAGSTER_HOME"]) / "dagster.yaml").write_text(text)
    assert_sentence(type_in("backfill", *RANGE), sentence)


def test_the_demo_says_that_its_port_is_taken_before_it_reads_anything(shell: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = type_in("demo", "--ui", "--port", str(port), "--folder", "demo")
    assert_sentence(result, f"The UI cannot listen on 127.0.0.1 port {port}: Address already in use.")


# Run config and the launchpad.


@pytest.fixture
def ready(make_workplace: MakeWorkplace) -> Workplace:
    """A workplace whose associations are read."""
    workplace = make_workplace(campaigns=3, assets_per_campaign=4)
    assert workplace.run(SNAPSHOTS).success
    return workplace


def use(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the command line see the workplace's account and tables."""
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat-na1-x")
    monkeypatch.setenv("HUBSPOT_BASE_URL", workplace.server.url)
    monkeypatch.setenv("CAMPAIGN_ASSETS_STORAGE", workplace.settings.storage)


def list_files(workplace: Workplace) -> Mapping[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in workplace.store.root.rglob("*") if path.is_file()}


def launch(workplace: Workplace, job: str, config: Mapping[str, Any], day: str | None = None) -> str:
    """Launches a job that must fail, read nothing and write nothing; what it says."""
    files, requests = list_files(workplace), workplace.server.stats.requests
    tags = {"dagster/partition": day} if day else {}
    try:
        result = workplace.definitions.resolve_job_def(job).execute_in_process(
            instance=workplace.instance, run_config=dict(config), tags=tags, raise_on_error=False
        )
    except (dg.DagsterError, ValueError) as error:
        said = str(error)
    else:
        assert not result.success
        said = workplace.get_failure(result)
    assert list_files(workplace) == files
    assert workplace.server.stats.requests == requests
    return said


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ([NOBODY], f"campaign_ids names 1 of 1 campaigns that are not in hubspot/campaigns: '{NOBODY}'"),
        (["not a guid"], "not in hubspot/campaigns: 'not a guid'"),
        ([""], "not in hubspot/campaigns: ''"),
        (["../../etc/passwd"], "not in hubspot/campaigns: '../../etc/passwd'"),
        (["a\x00b\n"], r"not in hubspot/campaigns: 'a\x00b\n'"),
        ([LONG], "not in hubspot/campaigns: 'xxxx"),
        ([f"{number:036d}" for number in range(5_000)], "campaign_ids names 5,000 of 5,000 campaigns"),
        ("text", "Value at path root:ops:asset_metrics:config:campaign_ids must be list"),
        ([5], "campaign_ids[0]"),
    ],
)
def test_campaigns_that_do_not_exist_fail_a_run_before_anything_is_read(
    ready: Workplace, ids: object, sentence: str
) -> None:
    config = {"ops": {"asset_metrics": {"config": {"campaign_ids": ids}}}}
    said = launch(ready, "refresh_asset_metrics", config, str(DAYS[-1]))
    assert sentence in said
    assert len(said) < 1_000


def test_a_mistyped_campaign_is_answered_with_the_nearest(ready: Workplace) -> None:
    known = ready.store.read(("hubspot", "campaigns"))["campaign_id"][0].as_py()
    mistyped = known[:-1] + ("0" if known[-1] != "0" else "1")
    config = {"ops": {"asset_metrics": {"config": {"campaign_ids": [known, mistyped]}}}}
    said = launch(ready, "refresh_asset_metrics", config, str(DAYS[-1]))
    assert f"names 1 of 2 campaigns that are not in hubspot/campaigns: '{mistyped}' (did you mean {known}?)" in said


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"from": "x", "to": "2026-03-02"}, "'x' is no day: write it as in 2025-01-31."),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "comes after the last"),
        ({"from": "2026-03-02", "to": "2999-01-01"}, "is not over yet"),
        ({"from": "2026-03-01", "to": "2026-03-02", "types": ["blog_pots"]}, "did you mean blog_post?"),
        ({"from": "2026-03-01", "to": "2026-03-02", "types": ["../../etc/passwd"]}, "There is no asset type"),
        ({"from": 5, "to": "2026-03-02"}, "Invalid scalar at path root:ops:estimate:config:from"),
        ({"from": "2026-03-01", "to": "2026-03-02", "typs": []}, 'Received unexpected config entry "typs"'),
    ],
)
def test_a_wrong_question_to_estimate_backfill_says_what_is_wrong(
    ready: Workplace, config: Mapping[str, Any], sentence: str
) -> None:
    assert sentence in launch(ready, "estimate_backfill", {"ops": {"estimate": {"config": dict(config)}}})


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"day": "yesterday"}, "'yesterday' is no day: write it as in 2025-01-31."),
        ({"day": "../../etc/passwd"}, "'../../etc/passwd' is no day"),
        ({"day": "2999-01-01"}, "2999-01-01 is not over yet: the last day that can be read is 2026-03-09."),
        ({"day": "1999-01-01"}, "1999-01-01 lies before 2025-01-01"),
        ({"campaigns": 0}, "greater than or equal to 1"),
        ({"campaigns": 10**9}, "less than or equal to 1000"),
        ({"campaigns": "three"}, "Invalid scalar at path root:ops:batch_equals_list:config:campaigns"),
    ],
)
def test_a_wrong_audit_says_what_is_wrong(ready: Workplace, config: Mapping[str, Any], sentence: str) -> None:
    said = launch(ready, "audit_asset_metrics", {"ops": {"batch_equals_list": {"config": dict(config)}}})
    assert sentence in said


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"base_url": "http://evil.example"}, "base_url must be an https address"),
        ({"base_url": "https://evil\n.example"}, "base_url must be an https address"),
        ({"api_version": "v9"}, "api_version is 'v9', but may be v3 or a date version"),
        ({"api_version": "v3/../.."}, "api_version is 'v3/../..'"),
    ],
)
def test_a_client_that_is_set_up_wrongly_says_what_is_wrong(config: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        HubSpotResource(access_token="pat-na1-x", **config).open_client()
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    "config", [{"rate_limit": 0}, {"rate_reserve": 91}, {"max_in_flight": 0}, {"daily_reserve": 100}]
)
def test_a_number_of_the_clients_out_of_range_is_refused(config: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(config))):
        HubSpotResource(access_token="pat-na1-x", **config)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2999-01-01", "2999-01-01 is not over yet: the last day that can be read is 2026-03-09."),
        ("2019-01-01", "2019-01-01 lies before 2025-01-01, the first day of the tables"),
        ("yesterday", "time data 'yesterday' does not match format"),  # Dagster's own words: no run begins
        ("../../etc/passwd", "time data '../../etc/passwd' does not match format"),
    ],
)
def test_a_partition_out_of_range_fails_and_writes_nothing(ready: Workplace, day: str, sentence: str) -> None:
    assert sentence in launch(ready, "refresh_asset_metrics", {}, day)


@pytest.mark.long
def test_dagsters_own_command_line_refuses_a_partition_out_of_range(ready: Workplace, tmp_path: Path) -> None:
    files, requests = list_files(ready), ready.server.stats.requests
    home = tmp_path / "dagster_home"
    home.mkdir()
    environ = {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "HUBSPOT_BASE_URL": ready.server.url,
        "CAMPAIGN_ASSETS_STORAGE": ready.settings.storage,
    }
    command = [sys.executable, "-m", "dagster", "asset", "materialize", "-m", "campaign_assets.definitions"]
    words = ["--select", METRICS[0].to_user_string(), "--partition", "2999-01-01"]
    finished = subprocess.run([*command, *words], env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    assert finished.returncode != 0
    assert "2999-01-01" in finished.stderr + finished.stdout
    assert (list_files(ready), ready.server.stats.requests) == (files, requests)


def test_every_type_of_the_catalog_is_a_type_that_people_may_name(ready: Workplace) -> None:
    days = {"from": str(DAYS[0]), "to": str(DAYS[-1])}
    config = {"ops": {"estimate": {"config": {**days, "types": [t.name for t in METRIC_ASSET_TYPES]}}}}
    job = ready.definitions.resolve_job_def("estimate_backfill")
    assert job.execute_in_process(instance=ready.instance, run_config=config).success
