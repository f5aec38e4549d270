"""What a person reads in the run when something is set wrongly: one sentence, and what to do."""

import pytest

from campaign_assets.emulator.options import DEFAULT_TOKEN, TokenGrant
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.workplace import DAYS, METRICS, SNAPSHOTS, Workplace


def fail(workplace: Workplace) -> str:
    """Runs the campaigns, which must fail and write nothing."""
    result = workplace.run(SNAPSHOTS)
    assert not result.success
    assert not workplace.store.root.joinpath("hubspot").exists()
    return workplace.get_failure(result)


def test_no_token_says_what_to_set_and_sends_nothing(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace({"HUBSPOT_ACCESS_TOKEN": ""})
    assert "HUBSPOT_ACCESS_TOKEN is not set: set it to the token of a HubSpot private app" in fail(workplace)
    assert workplace.server.stats.requests == 0


def test_a_wrong_token_names_the_setting_and_not_the_token(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace({"HUBSPOT_ACCESS_TOKEN": "pat-na1-wrong"})
    message = fail(workplace)
    assert "HubSpot answered 401 to GET /marketing/v3/campaigns" in message
    assert "Set HUBSPOT_ACCESS_TOKEN" in message
    assert "correlation id" in message
    assert "pat-na1-wrong" not in message
    assert workplace.server.stats.requests == 1


def test_a_missing_scope_is_named(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(tokens=(TokenGrant(DEFAULT_TOKEN, frozenset()),))
    message = fail(workplace)
    assert "HubSpot answered 403" in message
    assert "Grant the app the scope marketing.campaigns.read" in message


@pytest.mark.parametrize("missing", ["hubspot/campaigns", "hubspot/campaign_assets"])
def test_a_table_that_was_never_read_is_named(workplace: Workplace, missing: str) -> None:
    result = workplace.run(SNAPSHOTS[1:]) if missing == "hubspot/campaigns" else workplace.run(METRICS, DAYS[:1])
    assert not result.success
    assert f"materialize {missing} first" in workplace.get_failure(result)


def test_a_tag_that_holds_no_timestamp_is_named(workplace: Workplace) -> None:
    assert workplace.run(SNAPSHOTS).success
    result = workplace.run(METRICS, DAYS[:1], tags={"campaign_assets/associations_since": "yesterday"})
    assert "The tag campaign_assets/associations_since is 'yesterday', but may hold a time" in (
        workplace.get_failure(result)
    )
