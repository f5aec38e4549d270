"""The portal owner's own door: `/emulator/…`, which is no part of HubSpot.

Belongs here: reading the statistics, moving the clock, and changing the portal from outside the process. Needs no
token, is never limited and counts as no API request.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from campaign_assets.emulator.campaign_text import timestamp
from campaign_assets.emulator.clock import timestamp_of
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiResponse, json_response

PREFIX = "/emulator"


def serve_control(portal: Portal, method: str, path: str, body: bytes) -> ApiResponse:
    """Answer one control request; 404 for an unknown one, 400 for one that makes no sense."""
    steps = path.removeprefix(PREFIX).strip("/").split("/")
    try:
        action = _ACTIONS.get((method, steps[0], len(steps)))
        if action is None:
            return json_response(404, {"error": f"no such control: {method} {path}"})
        content = json.loads(body) if body.strip() else {}
        if not isinstance(content, dict):
            raise ValueError("a JSON object is expected")
        with portal.lock:
            return json_response(200, action(portal, steps, content))
    except KeyError as error:
        return json_response(404, {"error": f"not in this portal: {error.args[0]}"})
    except ValueError as error:
        return json_response(400, {"error": str(error)})


def _stats(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    return portal.stats.as_dict()


def _reset_stats(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    if steps[1] != "reset":
        raise KeyError(steps[1])
    portal.stats.reset()
    return portal.stats.as_dict()


def _now(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    return {
        "now": timestamp(portal.clock.now()),
        "today": portal.clock.today().isoformat(),
        "timeZone": portal.options.time_zone,
    }


def _move_clock(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    """Set the clock by `now` (a time or a date), advance it by `seconds`, `hours`, `days`, or let it `run`.

    `timeZone` gives the account another time zone before.
    """
    if "timeZone" in content:
        portal.move_to(str(content["timeZone"]))
    if content.get("run"):
        portal.clock.run()
    if "now" in content:
        portal.clock.set(timestamp_of(str(content["now"]), portal.clock.zone))
    spans = {unit: float(content[unit]) for unit in ("seconds", "minutes", "hours", "days") if unit in content}
    portal.clock.advance(timedelta(**spans))
    return _now(portal, steps, content)


def _add_campaign(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    properties = {str(name): str(value) for name, value in content.get("properties", {}).items()}
    return {"id": portal.add_campaign(properties).id}


def _touch(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    if steps[2] != "touch":
        raise KeyError(steps[2])
    return {"id": steps[1], "updatedAt": timestamp(portal.touch_campaign(steps[1]).updated_at)}


def _delete_campaign(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    return {"deleted": portal.delete_campaign(steps[1])}


def _add_association(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    name = content.get("name")
    return {"added": portal.add_association(steps[1], steps[3], steps[4], None if name is None else str(name))}


def _remove_association(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    return {"removed": portal.remove_association(steps[1], steps[3], steps[4])}


def _list_campaigns(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    return {"campaigns": portal.truth.campaigns()}


def _expire_tokens(portal: Portal, steps: list[str], content: dict[str, Any]) -> dict[str, Any]:
    if steps[1] != "expire-tokens":
        raise KeyError(steps[1])
    portal.authenticator.expire_access_tokens()
    return {"expired": True}


_ACTIONS: dict[tuple[str, str, int], Callable[[Portal, list[str], dict[str, Any]], dict[str, Any]]] = {
    ("GET", "stats", 1): _stats,
    ("POST", "stats", 2): _reset_stats,
    ("GET", "now", 1): _now,
    ("POST", "now", 1): _move_clock,
    ("GET", "campaigns", 1): _list_campaigns,
    ("POST", "campaigns", 1): _add_campaign,
    ("POST", "campaigns", 3): _touch,
    ("DELETE", "campaigns", 2): _delete_campaign,
    ("PUT", "campaigns", 5): _add_association,
    ("DELETE", "campaigns", 5): _remove_association,
    ("POST", "oauth", 2): _expire_tokens,
}
