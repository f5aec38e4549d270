"""Answers that leave out what they should hold, or hold something else in one place: sound JSON all the same.

Belongs here: damages of whole parts of a response. Not here: single numbers, rows and cursors (`damage`).
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from campaign_assets.emulator.cursors import rewrite_cursor
from campaign_assets.emulator.damage import Content, Damaged, list_numbers
from campaign_assets.emulator.hashing import stable_int
from campaign_assets.emulator.requests import ApiRequest


def take_metrics(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Leave out all metrics, though a day was asked for."""
    unsaid = [place for _, place in list_numbers(request, content)]
    if not unsaid:
        return None
    for asset in _list_assets(content):
        asset.pop("metrics", None)
    return Damaged(content, unsaid=unsaid)


def take_properties(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Leave out all properties of all campaigns, though some were asked for."""
    if not content.get("results") or not request.text("properties"):
        return None
    for row in content["results"]:
        row["properties"] = {}
    return Damaged(content)


def add_emptier_copies(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Name everything once more, without what there is to say of it."""
    rows = content.get("results")
    if not rows:
        return None
    if request.endpoint == "list_assets":
        rows += [{"id": row["id"]} for row in rows]
        return Damaged(content)
    for row in list(rows):
        for page in row.get("assets", {}).values():
            page["results"] += [{"id": asset["id"]} for asset in page["results"]]
        rows.append({**row, "properties": {}, **({"assets": {}} if "assets" in row else {})})
    return Damaged(content)


def answer_error(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Answer an error with the status of a success."""
    return Damaged({"status": "error", "message": "Something went wrong", "category": "INTERNAL_ERROR", "results": []})


def empty_next_page(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Let a page that another one has named hold nothing."""
    return None if request.text("after") is None else Damaged({"results": []})


def trickle(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Let each page hold one row that never was, and name a next one."""
    rows = content.get("results")
    if not rows:
        return None
    cursor = rewrite_cursor(request.text("after"))
    number = stable_int(request.path, cursor) % 10**12
    row_id = str(number) if request.endpoint == "list_assets" else f"00000000-0000-4000-8000-{number:012}"
    return Damaged({**content, "results": [{**rows[0], "id": row_id}], "paging": {"next": {"after": cursor}}})


def hide_asset(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Let one asset have no id."""
    assets = list(_list_assets(content))
    if len(assets) < 2:
        return None
    random.choice(assets)["id"] = None
    return Damaged(content)


def hide_properties(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Let the properties of one campaign be null."""
    if len(content.get("results") or ()) < 2:
        return None
    random.choice(content["results"])["properties"] = None
    return Damaged(content)


def garble_metrics(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Let the metrics of one asset be words."""
    numbers = list(list_numbers(request, content))
    if not numbers:
        return None
    campaign, asset_type, asset_id, _, day = random.choice(numbers)[1]
    of_asset = [place for _, place in numbers if place[:3] == (campaign, asset_type, asset_id)]
    for row in content["results"]:
        pages = [content] if request.endpoint == "list_assets" else [row["assets"].get(asset_type, {"results": []})]
        for asset in (asset for page in pages if asset_id for asset in page["results"]):
            if asset["id"] == asset_id and (request.endpoint == "list_assets" or row["id"] == campaign):
                asset["metrics"] = "n/a"
    return Damaged(content, unsaid=of_asset, garbled=(campaign, asset_type, asset_id, "metrics", day))


def add_odd_type(request: ApiRequest, content: Content, random: Random) -> Damaged | None:
    """Let a campaign have a type that nobody has heard of, as something else than a page."""
    rows = content.get("results")
    if not rows:
        return None
    random.choice(rows)["assets"]["HOLOGRAM_STATISTICS"] = {"count": 3}
    return Damaged(content)


def _list_assets(content: Content) -> Iterator[dict[str, Any]]:
    for row in content.get("results", ()):
        if "assets" not in row:
            yield row
        for page in row.get("assets", {}).values():
            yield from page["results"]
