"""Cursors: whatever they hold, they arrive as HubSpot gave them; links are never followed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count, repeat
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_assets.hubspot import (
    ContactPage,
    EndlessPages,
    HubSpotClient,
    InvalidResponse,
    RepeatedCursor,
    RetryPolicy,
)
from campaign_assets.hubspot.endpoints.pagination import FRUITLESS_PAGES, PATIENT_PAGES, decode_cursor, list_pages
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.fake_clock import FakeClock
from campaign_assets_tests.hubspot.scripted_server import Received, ScriptedServer, json_response

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
RAW = TEXTS.filter(lambda text: "%" not in text)


class Book:
    """One contact for each page; each page but the last names the next cursor, and a link that is a trap."""

    def __init__(self) -> None:
        self.server = ScriptedServer(self._response)
        self._cursors: Sequence[str] = ()

    def open(self, cursors: Sequence[str]) -> None:
        """Begins anew, with these cursors."""
        self._cursors = cursors
        self.server.received.clear()

    def _response(self, request: Received) -> bytes:
        number = len(self.server.received) - 1
        page: dict[str, object] = {"results": [{"id": str(number)}]}
        if number < len(self._cursors):
            page["paging"] = {"next": {"after": self._cursors[number], "link": "http://127.0.0.1:1/trap"}}
        return json_response(page)


@contextmanager
def extract() -> Iterator[tuple[Book, HubSpotClient]]:
    """A server of pages, and a client of it."""
    book = Book()
    with book.server as server, HubSpotClient("pat-na1-x", base_url=server.url, clock=FakeClock()) as client:
        yield book, client


def list_cursors(book: Book) -> list[bytes]:
    """The cursors that were asked for, decoded once, as a server does."""
    queries = [urlsplit(request.target).query for request in book.server.received]
    found = [dict(part.partition("=")[::2] for part in query.split("&")) for query in queries]
    return [unquote_to_bytes(query["after"]) for query in found if "after" in query]


def read_all(client: HubSpotClient, after: str | None = None) -> list[str]:
    pages = client.reports.list_contacts_pages("c", "influencedContacts", after=after)
    return [contact for page in pages for contact in page.contact_ids]


def test_a_cursor_that_comes_encoded_is_decoded_once_and_encoded_once() -> None:
    with extract() as (book, client):

        @settings(max_examples=60)
        @given(cursors=st.lists(TEXTS, max_size=4, unique=True))
        def check(cursors: list[str]) -> None:
            book.open([quote(cursor, safe="") for cursor in cursors])
            assert read_all(client) == [str(number) for number in range(len(cursors) + 1)]
            assert list_cursors(book) == [cursor.encode() for cursor in cursors]

        check()


def test_a_cursor_that_comes_raw_arrives_as_it_came() -> None:
    with extract() as (book, client):

        @settings(max_examples=60)
        @given(cursors=st.lists(RAW, max_size=4, unique=True))
        def check(cursors: list[str]) -> None:
            book.open(cursors)
            assert read_all(client) == [str(number) for number in range(len(cursors) + 1)]
            assert list_cursors(book) == [cursor.encode() for cursor in cursors]

        check()


def test_a_cursor_of_bytes_that_are_no_text_arrives_as_it_came() -> None:
    with extract() as (book, client):
        book.open(["%FF%00%fe", "NTI1Cg%3D%3D", "a+b/c=="])
        read_all(client)
        assert list_cursors(book) == [b"\xff\x00\xfe", b"NTI1Cg==", b"a+b/c=="]


def test_a_cursor_may_be_handed_back_raw_decoded_or_encoded() -> None:
    assert decode_cursor("Mg%3D%3D") == decode_cursor("Mg==") == b"Mg=="


def test_the_other_arguments_are_asked_for_on_every_page() -> None:
    with extract() as (book, client):
        book.open(["a", "b"])
        list(client.reports.list_contacts_pages("c", "influencedContacts", limit=7))
        limits = [dict(parse_qsl(urlsplit(request.target).query))["limit"] for request in book.server.received]
        assert limits == ["7", "7", "7"]


@pytest.mark.parametrize("cursors", [["a", "a"], ["a", "b", "a"]])
def test_a_cursor_that_repeats_ends_the_reading(cursors: list[str]) -> None:
    with extract() as (book, client):
        book.open(cursors)
        with pytest.raises(RepeatedCursor, match="points back to the cursor 'a'"):
            read_all(client)


def test_a_cursor_that_one_began_at_counts_as_read() -> None:
    with extract() as (book, client):
        book.open(["a"])
        with pytest.raises(RepeatedCursor):
            read_all(client, after="a")


@pytest.mark.parametrize("paging", [None, {}, {"next": None}])
def test_a_page_without_a_next_one_is_the_last(connect: Connect, paging: object) -> None:
    with ScriptedServer(lambda _: json_response({"results": [], "paging": paging})) as server:
        assert connect(server).reports.get_contacts_page("c", "influencedContacts").next_cursor is None


@pytest.mark.parametrize(
    "paging", [5, [], {"next": {}}, {"next": {"after": ""}}, {"next": {"after": 5}}, {"next": {"after": "\ud800"}}]
)
def test_a_next_page_without_a_cursor_is_an_invalid_response(connect: Connect, paging: object) -> None:
    with ScriptedServer(lambda _: json_response({"results": [], "paging": paging})) as server:
        client = connect(server, retry=RetryPolicy(attempts=1))
        with pytest.raises(InvalidResponse):
            client.reports.get_contacts_page("c", "influencedContacts")


def read_script(connect: Connect, pages: Iterator[list[str]], total: int | None = None) -> tuple[list[str], int]:
    """Every id that comes of pages which each name a new cursor until they end, and how many pages were asked for."""
    ahead = [next(pages, None)]

    def respond(request: Received) -> bytes:
        rows, ahead[0] = ahead[0] or [], next(pages, None)
        page: dict[str, object] = {"results": [{"id": row, "properties": {}} for row in rows]}
        page |= {} if total is None else {"total": total}
        if ahead[0] is not None:
            page["paging"] = {"next": {"after": f"cursor-{len(server.received)}"}}
        return json_response(page)

    with ScriptedServer(respond) as server:
        client = connect(server)
        found: list[str] = []
        try:
            if total is not None:
                for search in client.campaigns.list_pages():
                    found += [campaign.id for campaign in search.results]
            else:
                for page in client.assets.list_pages("c", "FORM"):
                    found += [asset.id for asset in page.results]
        except EndlessPages as error:
            assert str(error).isprintable() and f"cursor-{len(server.received)}" in str(error)
            return [*found, "stopped"], len(server.received)
        return found, len(server.received)


@pytest.mark.parametrize("total", [None, 50])
@pytest.mark.parametrize(("rows", "asked"), [(["a", "b"], 4), ([], 3)])
def test_pages_that_bring_nothing_new_under_ever_new_cursors_end_the_reading(
    connect: Connect, rows: list[str], asked: int, total: int | None
) -> None:
    found, pages = read_script(connect, repeat(rows), total)
    assert found[-1] == "stopped" and pages == asked


@pytest.mark.parametrize("dull", [[[]], [[], []], [["a"], []], [["b", "a"], ["a"]]])
def test_a_page_or_two_that_bring_nothing_new_are_passed_over(connect: Connect, dull: list[list[str]]) -> None:
    pages = [["a", "b"], *dull, ["c"], *dull, ["d"], [], []]
    found, asked = read_script(connect, iter(pages))
    assert set(found) == set("abcd") and asked == len(pages)


def test_a_last_page_needs_no_progress(connect: Connect) -> None:
    found, asked = read_script(connect, iter([["a"], [], [], []]))
    assert (found, asked) == (["a"], 4)


def test_far_more_rows_than_there_are_end_a_search(connect: Connect) -> None:
    pages = ([f"{page}-{row}" for row in range(100)] for page in count())
    found, asked = read_script(connect, pages, total=10)
    assert found[-1] == "stopped" and asked == 11


@pytest.mark.parametrize("total", [None, 50, 1_000_000])
@pytest.mark.parametrize("rows", [1, 9])
def test_pages_that_trickle_for_ever_end_the_reading(connect: Connect, rows: int, total: int | None) -> None:
    pages = ([f"{page}-{row}" for row in range(rows)] for page in count())
    found, asked = read_script(connect, pages, total)
    assert found[-1] == "stopped" and asked == PATIENT_PAGES


@pytest.mark.parametrize("rows", [1, 7, 10])
def test_full_pages_that_never_end_end_with_the_most_rows_that_there_can_be(rows: int) -> None:
    asked = count()

    def get(after: str | None) -> ContactPage:
        page = next(asked)
        return ContactPage(tuple(f"{page}-{row}" for row in range(rows)), f"cursor-{page}")

    with pytest.raises(EndlessPages, match="more than there can be"):
        list(list_pages(get, limit=10, most_rows=500))
    assert next(asked) == 500 // rows + 1


@settings(max_examples=100)
@given(st.lists(st.lists(st.integers(0, 30).map(str), max_size=4), max_size=30))
def test_reading_stops_within_a_few_pages_and_never_while_there_is_progress(pages: list[list[str]]) -> None:
    cursors = count()
    served: list[list[str]] = []

    def get(after: str | None) -> ContactPage:
        rows = pages[len(served)] if len(served) < len(pages) else []
        served.append(rows)
        return ContactPage(tuple(rows), f"cursor-{next(cursors)}")

    with pytest.raises(EndlessPages):
        list(list_pages(get, limit=1))
    seen: set[str] = set()
    dull = 0
    for number, rows in enumerate(served):
        dull = dull + 1 if seen.issuperset(rows) else 0
        seen.update(rows)
        assert (dull == FRUITLESS_PAGES) is (number == len(served) - 1)
