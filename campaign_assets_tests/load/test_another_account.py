"""A token of another account than the one whose the tables are: nothing of them is changed."""

from dataclasses import replace

import pytest

from campaign_assets.tables import CAMPAIGNS
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.workplace import SNAPSHOTS, Workplace, drop_timestamps


@pytest.fixture
def filled(make_workplace: MakeWorkplace) -> Workplace:
    workplace = make_workplace(campaigns=3, assets_per_campaign=4)
    assert workplace.run(SNAPSHOTS).success
    return workplace


def become_another_account(workplace: Workplace) -> None:
    """The same address answers for another account from now on, which has other campaigns."""
    portal = workplace.server.portal
    portal.options = replace(portal.options, portal_id=42)


def test_the_tables_of_another_account_stay_as_they_are_and_the_run_says_whose_they_are(filled: Workplace) -> None:
    before = drop_timestamps(filled.store.read_table(CAMPAIGNS))
    become_another_account(filled)
    failure = filled.get_failure(filled.run(SNAPSHOTS))
    assert "holds the tables of the HubSpot account 139876543, and the token is one of the account 42" in failure
    assert drop_timestamps(filled.store.read_table(CAMPAIGNS)) == before


def test_whose_the_tables_are_is_not_forgotten_while_hubspot_does_not_say(filled: Workplace) -> None:
    filled.server.portal.faults.add("account_details", 403, times=1)
    assert filled.run(SNAPSHOTS).success
    become_another_account(filled)
    assert "the account 42" in filled.get_failure(filled.run(SNAPSHOTS))
