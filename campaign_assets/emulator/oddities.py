"""What is odd in the portal itself: data that a client must take as it is, since it is the truth.

Belongs here: campaigns and assets nobody expects, beside the usual ones. Not here: answers that are wrong (`damage`).
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Protocol

from campaign_assets.emulator.clock import PortalClock
from campaign_assets.emulator.library import AssetLibrary
from campaign_assets.emulator.state import Campaign

UNKNOWN_TYPES = ("HOLOGRAM", "NEW/TYPE?2 %2e")
"""Asset types of the oddity `unknown_types`; the second is no name for a path or a file."""
_MEGABYTE = 1_000_000
_CONTROLS = "".join(map(chr, (*range(32), 127, 0x85, 0x2028, 0x2029, 0x202E, 0xFEFF, 0xFFFE)))
_SURROGATES = "half \ud83d of a pair \udc00\ud800"
_IDS = (
    "../../etc/passwd",
    "..",
    "a/b?c=d#e%2F%",
    "'; DROP TABLE assets; --",
    " ",
    "-1",
    "9" * 400,
    "\x00\n",
    "ID\u202e",
)
_NUMBERS: Mapping[str, int | float] = {
    "VIEWS": 2**63, "SUBMISSIONS": 2**63 - 1, "CONTACTS_FIRST_TOUCH": -(2**63) - 1, "CONTACTS_LAST_TOUCH": 0.5,
}  # fmt: skip
_MORE_NUMBERS: Mapping[str, int | float] = {"CONVERSION_RATE": 1e300, "VIEWS": 12.0, "SUBMISSIONS": 10**30, "": 1}


class GrowingPortal(Protocol):
    """What oddities are added to: a portal, which makes them as it is made itself."""

    clock: PortalClock
    library: AssetLibrary

    def add_campaign(self, properties: Mapping[str, str], campaign_id: str | None = None) -> Campaign:
        """Add a campaign with these properties."""

    def add_association(self, campaign_id: str, asset_type: str, asset_id: str) -> bool:
        """Put an asset into a campaign."""


def add_oddities(portal: GrowingPortal, names: tuple[str, ...]) -> None:
    """Add what these oddities stand for to a new portal.

    Raises:
        ValueError: There is no such oddity.
    """
    for name in names:
        if name not in ODDITIES:
            raise ValueError(f"no such oddity: {name}; there are {', '.join(ODDITIES)}")
        ODDITIES[name](portal)


def _long_names(portal: GrowingPortal) -> None:
    campaign_id = portal.add_campaign({"hs_name": "n" * _MEGABYTE, "hs_notes": "🎉" * 10_000}).id
    _associate(portal, campaign_id, "BLOG_POST", "770000000001", "名" * (_MEGABYTE // 3))
    _associate(portal, campaign_id, "CALL", "77000000002", "c" * _MEGABYTE)


def _control_characters(portal: GrowingPortal) -> None:
    campaign_id = portal.add_campaign({"hs_name": f"controls {_CONTROLS} end", "hs_utm": "\x00"}).id
    _associate(portal, campaign_id, "FORM", "7700000003", _CONTROLS)
    _associate(portal, campaign_id, "FORM", "7700000004", "%d %s {} \\u0000 \x01\x02\x03")


def _lone_surrogates(portal: GrowingPortal) -> None:
    campaign_id = portal.add_campaign({"hs_name": _SURROGATES, "hs_audience": "\udfff"}).id
    _associate(portal, campaign_id, "MARKETING_EMAIL", "770000000005", _SURROGATES)


def _hostile_ids(portal: GrowingPortal) -> None:
    for number, hostile in enumerate(("../../etc/passwd", "'; DROP TABLE campaigns; --", "ÅNGSTRÖM ?#%")):
        campaign_id = portal.add_campaign({"hs_name": f"hostile {number}"}, hostile).id
        for asset_id in _IDS:
            _associate(portal, campaign_id, "LANDING_PAGE", f"{asset_id}", "hostile")
        for place in range(120):  # more than a page: the client puts the campaign's id into a path
            _associate(portal, campaign_id, "SITE_PAGE", f"../{number}/{place}", None)


def _unknown_types(portal: GrowingPortal) -> None:
    campaign_id = portal.add_campaign({"hs_name": "unknown types"}).id
    for asset_type in UNKNOWN_TYPES:
        for number in range(60):
            _associate(portal, campaign_id, asset_type, str(880_000_000 + number), "from the future")


def _huge_numbers(portal: GrowingPortal) -> None:
    campaign_id = portal.add_campaign({"hs_name": "huge numbers"}).id
    for asset_type, asset_id, numbers in (
        ("BLOG_POST", "770000000006", _NUMBERS),
        ("FORM", "7700000007", _MORE_NUMBERS),
    ):
        _associate(portal, campaign_id, asset_type, asset_id, "numbers", numbers)


def _associate(
    portal: GrowingPortal,
    campaign_id: str,
    asset_type: str,
    asset_id: str,
    name: str | None,
    fixed: Mapping[str, int | float] | None = None,
) -> None:
    first_day = (portal.clock.today() - timedelta(days=60) if fixed is None else date.min).toordinal()
    portal.library.add(asset_type, asset_id, name, first_day, fixed=fixed)
    portal.add_association(campaign_id, asset_type, asset_id)


ODDITIES: Mapping[str, Callable[[GrowingPortal], None]] = {
    "long_names": _long_names,
    "control_characters": _control_characters,
    "lone_surrogates": _lone_surrogates,
    "hostile_ids": _hostile_ids,
    "unknown_types": _unknown_types,
    "huge_numbers": _huge_numbers,
}
