"""However a search is paged and whatever moves meanwhile: no campaign is lost, none comes twice, totals count."""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_assets.extract.campaign_search import SCANS
from campaign_assets.extract.campaigns import CampaignsExtract, list_existing, read_campaigns
from campaign_assets.hubspot import HubSpotClient, InvalidResponse, RepeatedCursor
from campaign_assets_tests.hubspot.fake_clock import FakeClock
from campaign_assets_tests.hubspot.scripted_server import Received, ScriptedServer, json_response

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@dataclass
class Account:
    """Campaigns on a server whose pages are short, whose cursors are odd, and whose rows move.

    Attributes:
        ids: The campaigns, oldest first.
        page: Campaigns in a page, whatever is asked for.
        salt: What cursors hold besides their offset.
        raw: Whether cursors come as they are instead of percent-encoded.
        changes: What happens before each page: `+` a campaign is made, `-` the oldest is deleted, `r` turns them.
    """

    ids: list[str] = field(default_factory=list)
    page: int = 1
    salt: str = ""
    raw: bool = False
    changes: Iterator[str] = field(default_factory=lambda: iter(()))
    made: int = 0
    searches: int = 0

    def response(self, request: Received) -> bytes:
        """Serves search, batch read and get."""
        if request.line.startswith("POST"):
            asked = [entry["id"] for entry in json.loads(request.body)["inputs"]]
            return json_response({"results": [to_campaign(i) for i in asked if i in self.ids]})
        name = urlsplit(request.target).path.removeprefix("/marketing/v3/campaigns").strip("/")
        if name:
            return json_response(to_campaign(name)) if name in self.ids else json_response({}, 404)
        query = parse_qs(urlsplit(request.target).query)
        self.searches += "after" not in query
        self.change(next(self.changes, ""))
        start = self.read_cursor(query["after"][0]) if "after" in query else 0
        rows = self.ids[start : start + self.page]
        content = {"total": len(self.ids), "results": [to_campaign(campaign_id) for campaign_id in rows]}
        if start + self.page < len(self.ids):
            content["paging"] = {"next": {"after": self.write_cursor(start + self.page)}}
        return json_response(content)

    def change(self, what: str) -> None:
        """Lets something happen to the campaigns."""
        if what == "+":
            self.made += 1
            self.ids.append(f"made-{self.made}")
        elif what == "-":
            self.ids = self.ids[1:]
        elif what == "r":
            self.ids.reverse()

    def write_cursor(self, offset: int) -> str:
        """A cursor of the characters that this account likes."""
        text = f"{self.salt}:{offset}" if self.raw else base64.b64encode(f"{offset}".encode()).decode() + self.salt
        return text if self.raw else quote(text, safe="")

    def read_cursor(self, cursor: str) -> int:
        """The offset of a cursor; raises where it is not exactly what was written."""
        if self.raw:
            salt, _, offset = cursor.rpartition(":")
            assert salt == self.salt
            return int(offset)
        assert cursor.endswith(self.salt)
        return int(base64.b64decode(cursor[: len(cursor) - len(self.salt)]))


def to_campaign(campaign_id: str) -> dict[str, object]:
    return {"id": campaign_id, "properties": {"hs_name": f"Name of {campaign_id}"}, "assets": {}}


class Door:
    """One server and one client for many accounts."""

    def __init__(self, server: ScriptedServer, client: HubSpotClient) -> None:
        self.account = Account()
        self._server = server
        self._client = client

    def read(self, account: Account, before: CampaignsExtract | None = None) -> CampaignsExtract:
        """Reads an account as the product does."""
        self.account = account
        return read_campaigns(self._client, [], before.table if before else None, NOW)


@contextmanager
def open_door() -> Iterator[Door]:
    doors: list[Door] = []
    with (
        ScriptedServer(lambda request: doors[0].account.response(request)) as server,
        HubSpotClient("pat-na1-x", base_url=server.url, rate_limit=10**6, clock=FakeClock()) as client,
    ):
        doors.append(Door(server, client))
        yield doors[0]


def list_ids(extract: CampaignsExtract) -> list[str]:
    return [str(campaign_id) for campaign_id in extract.table["campaign_id"].to_pylist()]


COUNTS = st.integers(0, 25)
SALTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


def name_campaigns(count: int) -> list[str]:
    return [f"c{number:03d}" for number in range(count)]


def test_every_campaign_comes_once_whatever_the_page_and_the_cursors() -> None:
    with open_door() as door:

        @settings(max_examples=60)
        @given(count=COUNTS, page=st.integers(1, 100), salt=SALTS, raw=st.booleans())
        def check(count: int, page: int, salt: str, raw: bool) -> None:
            page = max(page, count // 8 + 1)  # at most nine pages
            salt = salt.replace("%", "") if raw else salt
            extract = door.read(Account(name_campaigns(count), page, salt, raw))
            assert list_ids(extract) == name_campaigns(count)
            assert (extract.total, extract.repeated, extract.deleted) == (count, 0, 0)
            assert door.account.searches == 1

        check()


CHANGES = st.lists(st.sampled_from(["", "", "+", "-", "r"]), max_size=12)


def test_no_campaign_that_stays_is_lost_in_silence_and_none_comes_twice_while_rows_move() -> None:
    with open_door() as door:

        @settings(max_examples=60)
        @given(count=st.integers(1, 16), page=st.integers(2, 6), changes=CHANGES)
        def check(count: int, page: int, changes: Sequence[str]) -> None:
            ids = name_campaigns(count)
            before = door.read(Account(list(ids), 100))
            account = Account(list(ids), page, changes=iter(changes))
            try:
                extract = door.read(account, before)
            except InvalidResponse as error:  # it never stood still: nothing is written, and it is said
                assert "returned" in str(error) and account.searches == SCANS
                return
            found = list_ids(extract)
            assert len(found) == len(set(found))
            assert set(ids) <= set(found)  # every row of before is kept, as existing or as deleted
            stayed = set(ids) & set(account.ids)
            assert stayed <= set(list_existing(extract.table))

        check()


def test_a_search_that_moved_is_read_again_until_it_stands_still() -> None:
    with open_door() as door:

        @settings(max_examples=40)
        @given(count=st.integers(4, 12), page=st.integers(2, 3), change=st.sampled_from("+-"), at=st.integers(1, 3))
        def check(count: int, page: int, change: str, at: int) -> None:
            pages = -(-count // page)
            account = Account(name_campaigns(count), page, changes=iter([*[""] * min(at, pages - 1), change]))
            extract = door.read(account)
            assert list_ids(extract) == sorted(account.ids)
            assert extract.total == len(account.ids)
            assert account.searches == 2

        check()


def test_a_search_that_never_stands_still_is_given_up_after_a_few_readings() -> None:
    with open_door() as door:
        account = Account(name_campaigns(6), 3, changes=iter("+" * 1_000))
        extract = door.read(account)
        assert account.searches == SCANS
        assert set(name_campaigns(6)) <= set(list_ids(extract))


def test_a_row_that_comes_on_two_pages_is_one_row_and_is_counted() -> None:
    with open_door() as door:
        account = Account(name_campaigns(4), 2, changes=iter(["", "r"]))
        extract = door.read(account)
        assert list_ids(extract) == name_campaigns(4)
        assert extract.repeated == 2
        assert account.searches == 2


def test_a_cursor_that_leads_in_a_circle_is_an_error() -> None:
    class Circle(Account):
        def write_cursor(self, offset: int) -> str:
            return super().write_cursor(1)

    with open_door() as door, pytest.raises(RepeatedCursor):
        door.read(Circle(name_campaigns(5), 1))


def test_cursors_are_what_the_account_reads() -> None:
    account = Account(salt="%é &=+/#", raw=False)
    assert account.read_cursor(unquote(account.write_cursor(7))) == 7
