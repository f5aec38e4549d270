"""A plan of faults: from a file, from Python, from the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign_assets.emulator.command import emulator
from campaign_assets.emulator.fault_kinds import KNOWN_FAULTS
from campaign_assets.emulator.fault_plan import ENDPOINTS, FaultPlan, FaultPlanError, PlannedFault
from campaign_assets.emulator.routes import ENDPOINTS as ROUTES
from campaign_assets_tests.emulator.conftest import Serve

CAMPAIGNS = "/marketing/v3/campaigns"
DETAILS = "/account-info/v3/details"


def test_a_plan_says_what_hits_where_and_how_often() -> None:
    plan = FaultPlan.parse(
        'seed = 7\noddities = ["long_names"]\n'
        '[[fault]]\nkind = "503"\nshare = 0.1\nendpoint = ["search", "get"]\ntimes = 5\nskip = 2\n'
        '[[fault]]\nkind = "slow"\nseconds = 0.5\nendpoint = "get"\n'
    )
    assert plan == FaultPlan(
        (
            PlannedFault("503", 0.1, ("search", "get"), times=5, skip=2),
            PlannedFault("slow", 1.0, ("get",), seconds=0.5),
        ),
        ("long_names",),
        7,
    )
    assert plan.faults[1].to_fault().seconds == 0.5


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("seed = ", r"plan.toml is no TOML: Invalid value"),
        ("sed = 1", r"plan.toml: there is no 'sed' \(did you mean seed\?\); there may be seed, oddities, fault"),
        ("seed = true", r"plan.toml: seed is True, but may be a whole number"),
        ('oddities = ["long"]', r"oddities is \['long'\], but may be a list of long_names"),
        ("fault = 3", r"fault is 3, but may be tables that each begin with \[\[fault\]\]"),
        ("[[fault]]\nshare = 1", r"plan.toml, fault 1 \(line 1\): kind is missing; it may be 500, "),
        ('[[fault]]\nkind = "500"\n[[fault]]\nkind = "505"', r"fault 2 \(line 3\): kind is '505', but may be 500, "),
        ('[[fault]]\nkind = "500"\nshare = 2', r"share is 2, but may be a number from 0 to 1"),
        ('[[fault]]\nkind = "500"\nshare = nan', r"share is nan, but may be"),
        ('[[fault]]\nkind = "500"\nendpoint = "serch"', r"endpoint is 'serch', but may be one or a list of search, "),
        ('[[fault]]\nkind = "500"\nendpoints = "search"', r"no 'endpoints' \(did you mean endpoint\?\)"),
        ('[[fault]]\nkind = "500"\ntimes = -1', r"times is -1, but may be a whole number from 0"),
        ('[[fault]]\nkind = "500"\nseconds = "a"', r"seconds is 'a', but may be a number from 0"),
    ],
)
def test_a_wrong_plan_is_refused_with_its_place_and_what_is_allowed(text: str, sentence: str) -> None:
    with pytest.raises(FaultPlanError, match=sentence):
        FaultPlan.parse(text, "plan.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(FaultPlanError, match="no.toml cannot be read"):
        FaultPlan.read(tmp_path / "no.toml")


def test_a_plan_names_every_endpoint_that_there_is() -> None:
    assert set(ENDPOINTS) == {endpoint.name for endpoint in ROUTES}


def test_all_kinds_together_hit_the_share_that_was_asked_for(serve: Serve) -> None:
    kinds = [name for name, known in KNOWN_FAULTS.items() if known.details["kind"] == "status"]
    door = serve(campaigns=1, faults=FaultPlan.of(kinds, 0.5, seed=2))
    for _ in range(200):
        door.client.get(DETAILS)
    hits = door.server.stats.faults
    assert 70 < hits.total() < 130 and len(hits) > 8


def test_a_portal_takes_its_faults_from_its_options(serve: Serve) -> None:
    plan = FaultPlan((PlannedFault("503", endpoints=("search",), skip=1, times=1),))
    door = serve(campaigns=1, faults=plan)
    assert [door.client.get(CAMPAIGNS).status_code for _ in range(3)] == [200, 503, 200]
    assert serve(campaigns=1, faults=plan).client.get(CAMPAIGNS).status_code == 200  # a plan is used up by nobody


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--faults", "bad.toml"], "bad.toml, fault 1 (line 1): kind is 'x', but may be 500"),
        (["--fault", "503:2"], "share is 2, but may be a number from 0 to 1"),
        (["--fault", "503"], "two words with a colon"),
        (["--oddity", "strange"], "'strange' is not one of 'long_names'"),
    ],
)
def test_the_command_line_says_what_is_wrong_with_a_plan(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.toml").write_text('[[fault]]\nkind = "x"\n')
    result = CliRunner().invoke(emulator, words)
    assert result.exit_code == 2 and sentence in result.output
