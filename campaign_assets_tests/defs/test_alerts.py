"""Alerts: what arrives at a real webhook, how often, and what never shows."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import dagster as dg
import pytest

from campaign_assets.defs.automation.alerts import AlertsResource
from campaign_assets.settings import Settings, SettingsError
from campaign_assets.tables import METRICS_TABLES
from campaign_assets.webhook import Webhook, WebhookError
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.defs.ticks import collected_warnings
from campaign_assets_tests.workplace import DAYS, NOW, SNAPSHOTS, Workplace

pytestmark = pytest.mark.long

BLOG_POST = dg.AssetKey(METRICS_TABLES["BLOG_POST"].path)
FORM = dg.AssetKey(METRICS_TABLES["FORM"].path)
SECRET = "T0000-very-secret"


class Chat:
    """A webhook on this machine."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.status = 200
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                chat.messages.append(json.loads(body)["text"])
                self.send_response(chat.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/services/{SECRET}"


@pytest.fixture
def chat() -> Iterator[Chat]:
    chat = Chat()
    thread = Thread(target=chat.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield chat
    chat.server.shutdown()
    thread.join()
    chat.server.server_close()


def get_alerts(chat: Chat | None) -> AlertsResource:
    return AlertsResource(webhook=chat.url if chat else None, ui_url="https://dagster.example.com")


def fail(workplace: Workplace, key: dg.AssetKey, status: int = 400, reason: str = "no such day") -> dg.DagsterRun:
    """A run that fails on the second of three days."""
    faults = workplace.server.portal.faults
    faults.clear()
    faults.add("batch_read", status, times=None, message=reason)
    result = workplace.run([key], DAYS)
    assert not result.success
    run = workplace.instance.get_run_by_id(result.run_id)
    assert run
    return run


def tell_of(workplace: Workplace, run: dg.DagsterRun, chat: Chat | None) -> Any:
    """What the sensor does about a run that failed."""
    events = [entry.dagster_event for entry in workplace.instance.all_logs(run.run_id) if entry.dagster_event]
    event = next(e for e in events if e.event_type_value == "PIPELINE_FAILURE")
    context = dg.build_run_status_sensor_context(
        "alert_on_failed_run", event, workplace.instance, run, resources={"alerts": get_alerts(chat)}
    ).for_run_failure()
    return workplace.definitions.get_repository_def().get_sensor_def("alert_on_failed_run")(context)


def look_for_late_days(workplace: Workplace, chat: Chat | None) -> str:
    repository = workplace.definitions.get_repository_def()
    with dg.build_sensor_context(
        instance=workplace.instance, repository_def=repository, resources={"alerts": get_alerts(chat)}
    ) as context:
        return repository.get_sensor_def("alert_on_late_days").evaluate_tick(context).skip_message or ""


@pytest.fixture
def prepared(make_workplace: MakeWorkplace) -> Workplace:
    workplace = make_workplace({"CAMPAIGN_ASSETS_START_DATE": DAYS[0].isoformat()})
    assert workplace.run(SNAPSHOTS).success
    return workplace


def test_a_failed_run_is_told_with_its_assets_days_reason_and_a_link(prepared: Workplace, chat: Chat) -> None:
    run = fail(prepared, BLOG_POST, reason="no <such> day & " + "very " * 200)
    tell_of(prepared, run, chat)
    (message,) = chat.messages
    assert message.startswith("blog_post failed on 2026-03-07 to 2026-03-09: 3 of 3 days failed")
    assert message.endswith(f"<https://dagster.example.com/runs/{run.run_id}|The run>")
    assert "<such>" not in message and "\n" not in message and len(message) < 500


def test_the_same_cause_is_told_once_an_hour_and_another_at_once(prepared: Workplace, chat: Chat) -> None:
    first = fail(prepared, BLOG_POST)
    tell_of(prepared, first, chat)
    tell_of(prepared, first, chat)
    prepared.now = lambda: NOW + timedelta(minutes=59)
    tell_of(prepared, first, chat)
    assert len(chat.messages) == 1
    tell_of(prepared, fail(prepared, FORM), chat)
    assert len(chat.messages) == 2
    tell_of(prepared, fail(prepared, BLOG_POST, status=401), chat)
    assert len(chat.messages) == 3
    prepared.now = lambda: NOW + timedelta(minutes=61)
    tell_of(prepared, first, chat)
    assert len(chat.messages) == 4


def test_without_a_webhook_nothing_happens(prepared: Workplace) -> None:
    skipped = tell_of(prepared, fail(prepared, BLOG_POST), None)
    assert isinstance(skipped, dg.SkipReason) and "is not set" in (skipped.skip_message or "")
    assert "is not set" in look_for_late_days(prepared, None)


def test_a_webhook_that_fails_is_a_warning_without_its_address_and_the_next_failure_the_next_try(
    prepared: Workplace, chat: Chat, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    run = fail(prepared, BLOG_POST)
    chat.status = 500
    with caplog.at_level(logging.WARNING):
        tell_of(prepared, run, chat)
    assert SECRET not in caplog.text + "".join(capsys.readouterr())
    chat.status = 200
    tell_of(prepared, run, chat)
    assert len(chat.messages) == 2


def test_days_that_are_due_too_long_are_told_once_in_six_hours(prepared: Workplace, chat: Chat) -> None:
    assert look_for_late_days(prepared, chat) == "Told of late days."
    assert look_for_late_days(prepared, chat).startswith("Told of late days less than")
    prepared.now = lambda: NOW + timedelta(hours=7)
    look_for_late_days(prepared, chat)
    assert len(chat.messages) == 2
    message = chat.messages[0]
    assert message.startswith("automation_platform_flow, blog_post, cta and 10 more not read in time: 2026-03-07")
    assert "due since 2026-03-08 00:00 UTC" in message
    assert message.endswith("<https://dagster.example.com/runs|The runs>")


@pytest.mark.parametrize(
    "kept",
    ["nonsense", "[]", "7", "null", '{"late days": 7}', '{"late days": "soon", "x": [1]}', "[" * 100_000],
)
def test_times_of_alerts_that_cannot_be_read_let_the_alert_be_sent_and_are_named(
    prepared: Workplace, chat: Chat, kept: str
) -> None:
    prepared.instance.run_storage.set_cursor_values({"campaign_assets/alerts/late_days": kept})
    with collected_warnings() as warnings:
        assert look_for_late_days(prepared, chat) == "Told of late days."
    assert warnings and all("campaign_assets/alerts/late_days" in warning for warning in warnings)
    with collected_warnings() as warnings:
        assert look_for_late_days(prepared, chat).startswith("Told of late days less than")
    assert warnings == [] and len(chat.messages) == 1


@pytest.mark.parametrize(("timestamp", "told"), [(NOW, True), (NOW.replace(tzinfo=None), False)], ids=["zone", "none"])
def test_a_cause_beside_nonsense_still_counts_but_not_by_a_time_without_a_zone(
    prepared: Workplace, chat: Chat, timestamp: datetime, told: bool
) -> None:
    kept = json.dumps({"late days": timestamp.isoformat(), "other": None})
    prepared.instance.run_storage.set_cursor_values({"campaign_assets/alerts/late_days": kept})
    assert look_for_late_days(prepared, chat).startswith("Told of late days less than") == told


def test_what_is_due_for_a_few_hours_only_is_no_alert(make_workplace: MakeWorkplace, chat: Chat) -> None:
    # The ninth closed nine hours ago.
    workplace = make_workplace({"CAMPAIGN_ASSETS_START_DATE": DAYS[2].isoformat()})
    assert look_for_late_days(workplace, chat) == "No day is late."
    assert not chat.messages


def test_both_alerts_run_by_default(workplace: Workplace) -> None:
    repository = workplace.definitions.get_repository_def()
    for name in ("alert_on_failed_run", "alert_on_late_days"):
        assert repository.get_sensor_def(name).default_status is dg.DefaultSensorStatus.RUNNING


@pytest.mark.parametrize(
    "address", ["http://hooks.example.com/x", "hooks.example.com", "ftp://127.0.0.1/x", "https://"]
)
def test_a_webhook_must_be_https_or_on_this_machine_and_no_error_shows_it(address: str) -> None:
    with pytest.raises(WebhookError) as raised:
        Webhook(address + SECRET if address != "https://" else address)
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ({"CAMPAIGN_ASSETS_ALERT_WEBHOOK": address}, NOW)
    for error in (raised.value, refused.value):
        assert SECRET not in str(error) and "example.com" not in str(error)


def test_the_address_is_in_no_setting_no_repr_and_no_error(chat: Chat) -> None:
    settings = Settings.from_environ({"CAMPAIGN_ASSETS_ALERT_WEBHOOK": chat.url}, NOW)
    assert settings.alert_webhook == "CAMPAIGN_ASSETS_ALERT_WEBHOOK"
    shown = [repr(settings), repr(Webhook(chat.url)), repr(get_alerts(chat)), str(get_alerts(chat))]
    chat.server.server_close()
    with pytest.raises(WebhookError) as raised:
        Webhook(f"http://127.0.0.1:9/{SECRET}").post("x")
    shown += [str(raised.value), repr(raised.value.__context__ if not raised.value.__suppress_context__ else "")]
    assert not any(SECRET in text for text in shown)
