"""The page about portals: its YAML is taken as it stands, and its table names every attribute."""

import re

import yaml

from campaign_assets import AllPortals, HubSpotCampaigns
from campaign_assets_tests.docs.blocks import BLOCKS
from campaign_assets_tests.docs.markdown import ROOT

PAGE = "docs/portals.md"
COMPONENTS = {f"campaign_assets.{component.__name__}": component for component in (HubSpotCampaigns, AllPortals)}


def test_every_block_of_yaml_is_a_component() -> None:
    blocks = [yaml.safe_load(block.text) for block in BLOCKS if block.page == PAGE and block.language == "yaml"]
    assert {block["type"] for block in blocks} == COMPONENTS.keys()
    for block in blocks:
        COMPONENTS[block["type"]].resolve_from_yaml(yaml.safe_dump(block["attributes"]))
        assert block.keys() <= {"type", "attributes", "requirements"}


def test_ten_lines_are_enough() -> None:
    (block,) = [block for block in BLOCKS if block.name == f"{PAGE}, In any Dagster project, 2"]
    assert len(block.text.splitlines()) <= 10


def test_every_attribute_is_in_the_table() -> None:
    section = (ROOT / PAGE).read_text().split("\n### Attributes\n")[1].split("\n### ")[0]
    named = [
        name
        for row in section.splitlines()
        if row.startswith("| `")
        for name in re.findall("`(.*?)`", row.split("|")[1])
    ]
    assert sorted(named) == sorted(HubSpotCampaigns.model().model_fields)
