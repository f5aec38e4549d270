"""`campaign-assets check --deep`: of each unknown the probe finds what the account does, or says why it cannot."""

import json
import re
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from campaign_assets.cli.main import main
from campaign_assets.days import Calendar
from campaign_assets.emulator import asset_text
from campaign_assets.emulator.auth import Caller
from campaign_assets.emulator.fault_kinds import KNOWN_FAULTS
from campaign_assets.emulator.metric_values import MetricEngine
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.rate_limit import RateLimit
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import HubSpotClient, RetryPolicy
from campaign_assets.inspection.deep_check import MOST_REQUESTS, probe_account
from campaign_assets.inspection.probes.answers import Answer
from campaign_assets.inspection.probes.associations import TODAYS
from campaign_assets.tables import TableStore
from campaign_assets_tests.conftest import MakeWorkplace, Serve
from campaign_assets_tests.hubspot.fake_clock import FakeClock
from campaign_assets_tests.workplace import NOW, SNAPSHOTS, Workplace

pytestmark = pytest.mark.long

READING = {"account_details", "batch_read", "list_assets", "search"}
PAGE = Path(__file__).parents[2] / "docs" / "unknowns.md"


def probe(
    server: EmulatorServer,
    folder: Path | str,
    now: datetime = NOW,
    clock: FakeClock | None = None,
    listener: Callable[[Answer], object] = lambda _: None,
) -> dict[str, Answer]:
    """The answers, by what was open; no more was asked than may be, and nothing but readings."""
    server.stats.reset()
    calendar = Calendar(now=lambda: now)
    pause = clock.sleep if clock else lambda _: None
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url, retry=RetryPolicy(attempts=1), clock=clock) as client:
        found = []
        for answer in probe_account(client, TableStore(str(folder)), calendar, pause):
            found.append(answer)
            listener(answer)
    assert server.stats.requests <= MOST_REQUESTS
    assert server.stats.by_endpoint.keys() <= READING
    answers = {answer.unknown.name: answer for answer in found}
    assert len(answers) == len(found)
    return answers


def strike(server: EmulatorServer, fault: str, endpoint: str, **when: int | None) -> None:
    server.portal.faults.add(endpoint, **when, **dict(KNOWN_FAULTS[fault].details))


def test_every_unknown_of_the_page_has_its_probe_which_says_what_the_page_says(serve: Serve, tmp_path: Path) -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]
    page = {name: f"{assumed}." for name, assumed, *_ in cells}
    assert {name: answer.unknown.assumed for name, answer in probe(serve(), tmp_path).items()} == page


PUT = "What PUT of an unknown asset does"
END_DATE = "Whether endDate counts"
SUMS = "Whether single days add up"
SCALE = "The scale of CONVERSION_RATE"
MISSING = "Whether a batch names campaigns that it does not answer"
LEFT_OUT = "Whether a response may leave out an asset that is tied"
CAP = "How many assets of a type a batch holds at most"
LISTS = "Whether a batch and a list say the same"
UNDOCUMENTED = "Whether types without documented metrics have some"
PROPERTY = "Whether an unknown property is refused or ignored"
LAST_PAGES = "Whether a list can end with pages that bring nothing new"
RESTATED = "How long days are restated"
MOVES = "Whether adding an asset moves updatedAt"
PAST = "Whether metrics of a past day follow today's associations"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"campaigns": 30},
            {
                END_DATE: (True, "it does"),
                SUMS: (True, "are the sum of its days"),
                SCALE: (True, "0–1"),
                MISSING: (True, "an error of its own, without its id"),
                LEFT_OUT: (True, "was left out of one of two responses"),
                CAP: (True, "the first 50, with a cursor"),
                LISTS: (True, "they do: "),
                UNDOCUMENTED: (True, "none of"),
                PROPERTY: (True, "it is refused, and the refusal names those"),
                LAST_PAGES: (True, "each of which brought something new"),
                PUT: (None, "only a write would tell"),
                RESTATED: (None, "the tables hold no day"),
                MOVES: (None, "tells of no asset that came or went"),
                PAST: (None, "tells of no asset that joined"),
            },
        ),
        (
            {
                "campaigns": 30,
                "percent_rates": True,
                "silent_missing": True,
                "undocumented_metrics": True,
                "ignore_unknown_properties": True,
                "unknown_assets": "not-found",
            },
            {
                SCALE: (True, "0–100"),
                MISSING: (True, "without an error"),
                UNDOCUMENTED: (True, "they have: "),
                PROPERTY: (True, "it is ignored"),
                PUT: (None, "only a write would tell"),
            },
        ),
        (
            {"exclusive_end": True},
            {END_DATE: (False, "it does not"), SUMS: (True, "are the sum of its days"), LISTS: (True, "they do: ")},
        ),
        (
            {"campaigns": 0},
            {
                END_DATE: (None, "have counted nothing"),
                SUMS: (None, "have counted nothing"),
                SCALE: (None, "no form"),
                MISSING: (None, "no campaigns"),
                LEFT_OUT: (None, "have no assets"),
                LISTS: (None, "have no metrics"),
                UNDOCUMENTED: (None, "no assets of such types"),
                LAST_PAGES: (None, "have no assets"),
            },
        ),
        ({"campaigns": 2}, {CAP: (None, "no campaign that was looked at has more than")}),
    ],
    ids=lambda value: "-".join(value) if "campaigns" in value or "exclusive_end" in value else "",
)
def test_an_account_is_found_to_do_what_it_does(
    serve: Serve, tmp_path: Path, options: dict[str, Any], expected: dict[str, tuple[bool | None, str]]
) -> None:
    found = probe(serve(**options), tmp_path)
    for unknown, (fits, text) in expected.items():
        assert (found[unknown].fits, text in found[unknown].found) == (fits, True), str(found[unknown])


@pytest.mark.parametrize(
    ("zone", "now", "utc_days", "fits", "found"),
    [
        ("Pacific/Honolulu", NOW, False, True, "the account's: nothing is counted on a day that has begun in UTC only"),
        ("Pacific/Honolulu", NOW, True, False, "UTC's: something is counted on a day that has begun in UTC only"),
        ("Pacific/Auckland", NOW + timedelta(hours=12), False, True, "the account's: something is counted"),
        ("Pacific/Auckland", NOW + timedelta(hours=12), True, False, "UTC's: nothing is counted"),
        ("America/New_York", NOW, True, None, "the same day in both now; ask again between 03:00 and 04:00 UTC"),
        ("Pacific/Auckland", NOW, True, None, "ask again between 14:00 and 24:00 UTC"),
        ("Etc/UTC", NOW, True, True, "both are the same"),
        ("Mars/Olympus", NOW, True, None, "no time zone that is known"),
    ],
)
def test_the_days_of_the_account_are_told_from_those_of_utc_while_they_differ(
    serve: Serve, tmp_path: Path, zone: str, now: datetime, utc_days: bool, fits: bool | None, found: str
) -> None:
    server = serve(time_zone="UTC" if zone.startswith("Mars") else zone, utc_days=utc_days, now=now)
    if zone.startswith("Mars"):
        server.portal.faults.add("account_details", kind="body", body=b'{"portalId": 1, "timeZone": "Mars/Olympus"}')
    answer = probe(server, tmp_path, now)["Whether days are the account's or UTC's"]
    assert (answer.fits, found in answer.found) == (fits, True), answer.found


def test_what_responses_leave_out_or_never_end_with_is_seen(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    strike(server, "omitted_asset", "batch_read", times=1, skip=1)
    strike(server, "endless_pages", "list_assets", times=None)
    found = probe(server, tmp_path)
    assert found[LEFT_OUT].fits and found[LEFT_OUT].found.startswith("it may: 1 of ")
    assert found[LAST_PAGES].fits is False and "does not end after 3 pages" in found[LAST_PAGES].found


@pytest.mark.parametrize(("cap", "fits"), [(30, False), (80, False), (10_000, True)])
def test_another_cap_of_a_batch_is_seen(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cap: int, fits: bool
) -> None:
    monkeypatch.setattr(asset_text, "ASSETS_PER_TYPE", cap)
    answer = probe(serve(), tmp_path)["How many assets of a type a batch holds at most"]
    assert answer.fits is fits and ("no cursor" in answer.found) is (cap > 1_000), answer.found


def test_days_that_do_not_add_up_are_seen(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = MetricEngine.values

    def count_more_over_several_days(engine: MetricEngine, series: Any, first: int, last: int, timestamp: Any) -> Any:
        found = values(engine, series, first, last, timestamp)
        return np.where(found > 0, found + 1, found) if last > first else found

    monkeypatch.setattr(MetricEngine, "values", count_more_over_several_days)
    days = probe(serve(), tmp_path)["Whether single days add up"]
    assert days.fits is False and "are not the sum" in days.found


def test_a_list_that_says_something_else_than_the_batch_is_seen(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    strike(server, "absent_metrics", "list_assets", times=None)
    answer = probe(server, tmp_path)["Whether a batch and a list say the same"]
    assert answer.fits is False and "values differ" in answer.found


@pytest.mark.parametrize(
    ("lag", "fits", "found"),
    [
        (0.0, True, "by less than 5 minutes"),
        (600.0, True, "1 changes of 5 minutes ago are not to be seen"),
        (None, None, "the last change is"),
    ],
)
def test_a_search_that_lags_is_told_from_one_that_does_not(
    serve: Serve, tmp_path: Path, lag: float | None, fits: bool | None, found: str
) -> None:
    server = serve(search_lag=lag or 0.0)
    if lag is not None:
        server.portal.touch_campaign(server.portal.truth.campaigns()[0]["id"])
        server.portal.clock.advance(timedelta(minutes=5))
    answer = probe(server, tmp_path, NOW + timedelta(minutes=5))["How far the search lags behind changes"]
    assert (answer.fits, found in answer.found) == (fits, True), answer.found


@pytest.fixture
def followed(make_workplace: MakeWorkplace) -> Callable[..., Workplace]:
    """Workplaces in which an asset was seen to join a campaign an hour after the first reading."""

    def make(**options: Any) -> Workplace:
        workplace = make_workplace(campaigns=12, **options)
        assert workplace.run(SNAPSHOTS).success
        portal = workplace.server.portal
        one, other = [c for c in portal.store if c.assets.get("BLOG_POST")][:2]
        position = next(place for place in one.assets["BLOG_POST"] if place not in other.assets["BLOG_POST"])
        portal.clock.advance(timedelta(minutes=30))
        portal.add_association(other.id, "BLOG_POST", portal.library.ids[position])
        portal.clock.advance(timedelta(minutes=30))
        workplace.now = lambda: NOW + timedelta(hours=1)
        assert workplace.run(SNAPSHOTS).success
        return workplace

    return make


@pytest.mark.parametrize("moves", [False, True])
def test_the_log_of_changes_tells_what_an_association_changes(followed: Callable[..., Workplace], moves: bool) -> None:
    workplace = followed(associations_move_updated_at=moves)
    found = probe(workplace.server, workplace.settings.storage, NOW + timedelta(hours=2))
    answer = found["Whether adding an asset moves updatedAt"]
    assert answer.fits and answer.found.startswith("it does:" if moves else "it does not:"), answer.found
    past = found["Whether metrics of a past day follow today's associations"]
    assert past.fits and past.found.startswith("they do: 1 of 1 assets"), past.found


@pytest.mark.parametrize(("settled_after", "fits"), [(7, True), (30, False)])
def test_days_that_are_restated_for_longer_are_seen_beside_the_tables(
    make_workplace: MakeWorkplace, settled_after: int, fits: bool
) -> None:
    workplace = make_workplace(campaigns=12, settled_after=settled_after)
    assert workplace.run_all([(NOW - timedelta(days=10)).date()]).success
    later = NOW + timedelta(days=40)
    workplace.server.portal.clock.set(later)
    answer = probe(workplace.server, workplace.settings.storage, later)["How long days are restated"]
    assert (answer.fits, answer.found.startswith("no longer" if fits else "longer")) == (fits, True), answer.found


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("current", "of the moment at which it leaves"),
        ("counted", "of the moment at which the request arrives"),
        ("stale", "of an earlier one"),
        ("wrong", "does not fit what was sent"),
        ("zero", "say that nothing is left"),
        ("missing", "do not say what is left"),
    ],
)
def test_what_responses_say_of_the_limit_is_compared_with_what_was_sent(
    serve: Serve, tmp_path: Path, kind: str, found: str
) -> None:
    server = serve(rate_limit=190, limit_headers=kind)

    def slow_down(answer: Answer) -> None:
        """Lets the requests that are sent at once, which come last, be on the way at once."""
        server.portal.latency_ms = 120.0 if answer.unknown is TODAYS else 0.0

    answer = probe(server, tmp_path, listener=slow_down)[
        "Of which moment a response tells what is left of the ten-second limit"
    ]
    assert answer.fits and found in answer.found, answer.found


@pytest.mark.parametrize("rolls", [True, False])
def test_a_window_that_rolls_is_told_from_one_that_begins_anew(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rolls: bool
) -> None:
    clock = FakeClock()

    def begin_anew(limits: RateLimit, caller: Caller) -> "deque[float]":
        """The requests since the last multiple of ten seconds, on a clock that began four seconds before."""
        window = limits._windows.setdefault(caller.app, deque())
        while window and (window[0] + 4) // 10 < (clock.monotonic() + 4) // 10:
            window.popleft()
        return window

    if not rolls:
        monkeypatch.setattr(RateLimit, "_window", begin_anew)
    server = serve(rate_limit=190, monotonic=clock.monotonic)
    answer = probe(server, tmp_path, clock=clock)["Whether the window of the ten-second limit rolls"]
    assert answer.fits and answer.found.startswith("it rolls" if rolls else "it begins anew"), answer.found


def test_nothing_of_the_account_is_in_what_is_printed(serve: Serve, tmp_path: Path) -> None:
    server = serve(campaigns=30, unknown_types=("HOLOGRAM",), oddities=("hostile_ids",))
    environ = {
        "HUBSPOT_BASE_URL": server.url,
        "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
        "CAMPAIGN_ASSETS_STORAGE": str(tmp_path),
        "DAGSTER_HOME": "",
    }
    shown = CliRunner(env=environ).invoke(main, ["check", "--deep"])
    told = CliRunner(env=environ).invoke(main, ["check", "--deep", "--json"])
    assert shown.exit_code == told.exit_code == 0, shown.output
    assert json.loads(told.output)["requests"] <= MOST_REQUESTS
    assert f"requests {json.loads(told.output)['requests']}" in shown.output
    portal = server.portal
    texts = {str(portal.options.portal_id), DEFAULT_TOKEN, "HOLOGRAM", *portal.library.ids}
    for campaign in portal.store:
        texts |= {campaign.id, *(value for value in campaign.properties.values() if len(value) > 5)}
    texts |= {name for name in portal.library.names if name}
    for output in (shown.output, told.output):
        assert [text for text in texts if len(text) > 4 and text in output] == []
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", output)


def test_a_request_that_fails_costs_what_it_was_to_tell_and_shows_no_path(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    server.portal.faults.add("list_assets", 500, times=None)
    found = probe(server, tmp_path)
    answer = found["Whether a batch and a list say the same"]
    assert (answer.fits, answer.found) == (None, "HubSpot answered 500")
    assert found["Whether endDate counts"].fits is True


def test_an_account_that_cannot_be_read_at_all_gets_a_sentence(serve: Serve) -> None:
    for token in ("", "pat-na1-wrong"):
        environ = {"HUBSPOT_BASE_URL": serve().url, "HUBSPOT_ACCESS_TOKEN": token}
        result = CliRunner(env=environ).invoke(main, ["check", "--deep"])
        assert result.exit_code == 1 and result.output.startswith("Error: ") and "HUBSPOT_ACCESS_TOKEN" in result.output


def test_an_account_in_another_region_is_told_its_address_and_not_its_id(serve: Serve) -> None:
    server = serve()
    server.portal.faults.add(times=None, **dict(KNOWN_FAULTS["488"].details))
    environ = {"HUBSPOT_BASE_URL": server.url, "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN}
    result = CliRunner(env=environ).invoke(main, ["check", "--deep"])
    assert "Set HUBSPOT_BASE_URL to https://api-eu1.hubapi.com" in result.output and "12345678" not in result.output
