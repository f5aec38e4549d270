"""The contacts of campaigns: every id of every page, of the types that are asked for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaign_assets.extract.report_plan import build_contacts_report
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.load.reading import Reading, list_failed_checks, open_reading
from campaign_assets_tests.served import list_ids, serve_contacts

TYPES = ("contactFirstTouch", "influencedContacts")


@pytest.fixture
def contacts(serve: Serve, tmp_path: Path) -> Iterator[Reading]:
    """The contacts of 12 campaigns, read once."""
    with open_reading(serve(), tmp_path, build_contacts_report(TYPES)) as reading:
        yield reading


def expect(reading: Reading) -> list[dict[str, Any]]:
    return [
        {"campaign_id": campaign_id, "contact_type": contact_type, "contact_id": contact_id}
        for campaign_id in list_ids(reading.server)
        for contact_type in TYPES
        for contact_id in sorted(set(serve_contacts(reading.server, campaign_id, contact_type)))
    ]


def test_every_contact_of_every_page_is_there_once(contacts: Reading) -> None:
    rows = contacts.read()["campaign_contacts"]
    assert rows == expect(contacts)
    assert len(rows) > 300  # some campaigns have several pages


def test_the_plan_counts_the_pages_as_they_were(contacts: Reading) -> None:
    written = contacts.pass_night()
    assert written.plan.requests == written.requests == contacts.server.stats.by_endpoint["report_contacts"]
    assert written.plan.requests > 12 * 2
    assert not list_failed_checks(written)


def test_a_type_that_fails_keeps_its_rows_of_that_campaign(contacts: Reading) -> None:
    def list_rows() -> list[dict[str, Any]]:
        rows = contacts.read()["campaign_contacts"]
        return [row for row in rows if (row["campaign_id"], row["contact_type"]) == (bad, TYPES[1])]

    bad = next(c for c in list_ids(contacts.server) if serve_contacts(contacts.server, c, TYPES[1]))
    before = list_rows()
    contacts.server.portal.faults.add(
        "report_contacts", 400, times=None, where=lambda r: bad in r.path and r.path.endswith(TYPES[1])
    )
    written = contacts.pass_night()
    assert list(written.answers.failed) == [bad]
    assert before and list_rows() == before


def test_contacts_that_are_gone_and_types_that_are_not_asked_for_any_more_are_gone(contacts: Reading) -> None:
    contacts.report = build_contacts_report(TYPES[:1])
    contacts.pass_night()
    assert {row["contact_type"] for row in contacts.read()["campaign_contacts"]} == {TYPES[0]}
