"""Answers that are not what they should be: sound JSON with something wrong in it.

Belongs here: what each damage makes of a whole response. Not here: which response it befalls (`faults`), and those that
are broken as bytes (`failing`). The portal itself is unharmed: its truth stays what it was.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote, unquote

from campaign_assets.emulator.cursors import rewrite_cursor, write_cursor
from campaign_assets.emulator.requests import ApiRequest

Content = dict[str, Any]
Unsaid = tuple[str, str, str, str, str]
"""Campaign, asset type, asset, metric and start date of a number that was left unsaid, or garbled."""


@dataclass(frozen=True)
class Damaged:
    """What became of a response.

    Attributes:
        content: Its content.
        status: Its status, where that changes.
        unsaid: The numbers that it does not say any more.
        garbled: The number that it says in a way that is no number.
    """

    content: Any
    status: int | None = None
    unsaid: Collection[Unsaid] = ()
    garbled: Unsaid | None = None


Damage = Callable[[ApiRequest, Content, Random], Damaged | None]
"""Damages the content of a response, or gives None where there is nothing to damage in it."""


def repeat_cursor(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Let the next page be this one again, or the first."""
    following = (content.get("paging") or {}).get("next")
    if following is None:
        return None
    following["after"] = _encoded(request.text("after")) or write_cursor(0)
    return Damaged(content)


def follow_with_itself(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Let the next page be this one again, under a cursor that has never been."""
    if "results" not in content:
        return None
    content["paging"] = {"next": {"after": rewrite_cursor(request.text("after"))}}
    return Damaged(content)


def _encoded(cursor: str | None) -> str | None:
    return None if cursor is None else quote(unquote(cursor), safe="")


def repeat_row(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Name one row of the page twice."""
    rows = content.get("results")
    if not rows:
        return None
    rows.insert(random.randrange(len(rows) + 1), random.choice(rows))
    return Damaged(content)


def skip_row(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Leave one row of the page out."""
    rows = content.get("results")
    if not rows:
        return None
    rows.pop(random.randrange(len(rows)))
    return Damaged(content)


def skip_row_with_error(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Leave one row of a batch out, with an error that does not name it."""
    damaged = skip_row(request, content, random)
    if damaged is None:
        return None
    error = {"status": "error", "category": "INTERNAL_ERROR", "message": "One or more campaigns could not be read"}
    content["errors"] = [*content.get("errors", ()), error]
    content["numErrors"] = len(content["errors"])
    return Damaged(content, status=207)


def change_total(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Count a few campaigns more or fewer than there are."""
    if "total" not in content:
        return None
    content["total"] = max(0, content["total"] + random.choice((-2, -1, 1, 2)))
    return Damaged(content)


def break_shape(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Put a value of another type where the client looks for rows, ids, counts or the response itself."""
    rows = content.get("results")
    choices: list[Callable[[], Any]] = [lambda: [content], lambda: {**content, "results": None}]
    choices.append(lambda: {**content, "results": {"0": rows}})
    choices.append(lambda: {**content, "paging": "next"})
    if rows:
        first = random.randrange(len(rows))
        others = rows[:first], rows[first + 1 :]
        wrong: Any = random.choice((None, [], {**rows[first], "id": None}, {**rows[first], "id": {"guid": 1}}))
        choices.append(lambda: {**content, "results": [*others[0], wrong, *others[1]]})
    if "total" in content:
        choices.append(lambda: {**content, "total": "many"})
    return Damaged(random.choice(choices)())


def capitalize_ids(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Spell the ids of campaigns in capitals: GUIDs, which mean the same."""
    rows = content.get("results", [content] if "id" in content else [])
    if not rows:
        return None
    for row in rows:
        row["id"] = row["id"].upper()
    return Damaged(content)


def omit_asset(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Leave one asset out of a response with metrics."""
    pages = [page for row in content.get("results", ()) for page in row.get("assets", {}).values() if page["results"]]
    if not pages or request.text("startDate") is None:
        return None
    found = random.choice(pages)["results"]
    found.pop(random.randrange(len(found)))
    return Damaged(content)


def swap_campaign(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Answer a batch with a campaign that was not asked for in the place of one that was."""
    rows = content.get("results")
    if not rows:
        return None
    random.choice(rows)["id"] = "00000000-0000-4000-8000-00000000f00d"
    return Damaged(content)


def drop_field(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Leave out a field that every response of its kind has, or let it be null."""
    places: list[tuple[Content, str]] = [(content, name) for name in ("results", "total") if name in content]
    for row in content.get("results") or ():
        places += [(row, name) for name in ("id", "properties", "assets") if name in row]
    if not places:
        return None
    holder, name = random.choice(places)
    if random.random() < 0.5:
        holder[name] = None
    else:
        del holder[name]
    return Damaged(content)


def list_numbers(request: ApiRequest, content: Content) -> Iterator[tuple[Content, Unsaid]]:
    """Every metric of a response: the object that holds it, and what it is of."""
    start = request.text("startDate") or ""
    for row in content.get("results", ()):
        if request.endpoint == "list_assets":
            types = {request.path_values["asset_type"]: {"results": [row]}}
            campaign = request.path_values["campaign_id"]
        else:
            types, campaign = row.get("assets", {}), row["id"]
        for asset_type, page in types.items():
            for asset in page["results"]:
                metrics = asset.get("metrics", {})
                yield from ((metrics, (campaign, asset_type, asset["id"], metric, start)) for metric in metrics)


def _replacing(make: Callable[[Any], Any], leaves_unsaid: bool = False, garbles: bool = False) -> Damage:
    def damage(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
        numbers = list(list_numbers(request, content))
        if not numbers:
            return None
        metrics, place = random.choice(numbers)
        metrics[place[3]] = make(metrics[place[3]])
        return Damaged(content, unsaid=(place,) if leaves_unsaid else (), garbled=place if garbles else None)

    return damage


number_as_text = _replacing(str)
"""The right number, as a string."""
number_as_words = _replacing(lambda number: "n/a", garbles=True)
"""A string that is no number."""
number_as_nan = _replacing(lambda number: float("nan"), garbles=True)
"""NaN, which is no JSON."""
number_without_end = _replacing(lambda number: 10**400, garbles=True)
"""A whole number past everything that a double holds."""
number_as_null = _replacing(lambda number: None, leaves_unsaid=True)
"""null: the API does not say."""
