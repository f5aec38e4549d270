"""A Dagster project as somebody makes one with `dg`: two portals are added, and every cell is compared."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from campaign_assets.catalog import get_metric_asset_type
from campaign_assets.emulator.options import TokenGrant
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.settings import Settings
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.docs.blocks import BLOCKS
from campaign_assets_tests.docs.markdown import ROOT
from campaign_assets_tests.expected_cells import assert_all_tables_are_true
from campaign_assets_tests.workplace import DAYS, Workplace

pytestmark = pytest.mark.long
BIN = Path(sys.executable).parent
TYPES = ["blog_post", "form"]
TOKENS = {name: f"pat-na1-{n}0000000-0000-4000-8000-000000000000" for n, name in enumerate(("acme", "globex"))}


class Project:
    """A project that `create-dagster` made, and the shell of whoever works in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "shop"
        self.home = folder / "home"
        self.home.mkdir()
        # Nobody's settings, no news of other versions, no telemetry; and the variables that the YAML names.
        (self.home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
        (self.home / "dg.toml").write_text('[cli]\nsuppress_warnings = ["dg_outdated", "create_dagster_outdated"]\n')
        clean = {n: t for n, t in os.environ.items() if not n.startswith(("HUBSPOT_", "CAMPAIGN_ASSETS_", "DAGSTER_"))}
        self.environ = {
            **clean,
            "HOME": str(self.home),
            "DAGSTER_HOME": str(self.home),
            "DG_CLI_CONFIG": str(self.home / "dg.toml"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder / "src"),
            "VIRTUAL_ENV": str(BIN.parent),
            **{f"{name.upper()}_HUBSPOT_TOKEN": token for name, token in TOKENS.items()},
        }
        self.run("create-dagster", "project", str(self.folder), "--no-uv-sync", folder=folder)
        (block,) = [block for block in BLOCKS if block.name == "docs/portals.md, What stands where, 1"]
        (self.folder / "src/shop/defs/executor.py").write_text(block.text)

    def start(self, *command: str, folder: Path | None = None) -> "subprocess.Popen[str]":
        """Begins a command in the project's folder."""
        return subprocess.Popen(  # noqa: S603
            [str(BIN / command[0]), *command[1:]],
            cwd=folder or self.folder,
            env=self.environ,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *command: str, folder: Path | None = None) -> str:
        """What a command prints; it has to succeed."""
        process = self.start(*command, folder=folder)
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said
        return said

    def get_yaml(self, name: str) -> Path:
        """The file of a portal's component."""
        return self.folder / "src/shop/defs" / name / "defs.yaml"

    def add(self, name: str, server: EmulatorServer) -> Workplace:
        """Adds a portal, and says which account it reads; its tables, as a test looks at them."""
        self.run("dg", "scaffold", "defs", "campaign_assets.HubSpotCampaigns", name)
        file = self.get_yaml(name)
        text = file.read_text().replace("  storage: data\n", f"  storage: data\n  base_url: {server.url}\n")
        file.write_text(text.replace("  storage: data\n", f"  storage: data\n  asset_types: [{', '.join(TYPES)}]\n"))
        storage = str(self.folder / "data" / name)
        return Workplace(server, None, Settings(storage=storage))  # type: ignore[arg-type]

    def launch(self, portal: str, selection: str, *more: str) -> "subprocess.Popen[str]":
        """Begins to materialize assets of a portal."""
        return self.start("dg", "launch", "--assets", selection.format(portal), *more)


def end_all(*processes: "subprocess.Popen[str]") -> None:
    """Waits until all have succeeded."""
    for process in processes:
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said


def test_two_portals_are_added_listed_and_read_side_by_side(tmp_path: Path, serve: Serve) -> None:
    project = Project(tmp_path)
    portals = {}
    for number, (name, token) in enumerate(TOKENS.items()):
        server = serve(campaigns=8 + number, seed=number, tokens=(TokenGrant(token),))
        portals[name] = project.add(name, server)
    assert "validated successfully" in project.run("dg", "check", "yaml")
    said = project.run("dg", "list", "defs", "--json")
    assert all(f'"{name}/hubspot/asset_metrics/{slug}"' in said for name in TOKENS for slug in TYPES)
    assert "asset_metrics/site_page" not in said  # a type that was not chosen
    assert not any(token in said for token in TOKENS.values())
    snapshots = 'key:"{0}/hubspot/campaigns" or key:"{0}/hubspot/campaign_assets"'
    end_all(*(project.launch(name, snapshots) for name in TOKENS))
    day = str(DAYS[-1])
    end_all(*(project.launch(name, "group:{0}_asset_metrics", "--partition", day) for name in TOKENS))
    end_all(*(project.launch(name, "group:{0}_marts", "--partition", day) for name in TOKENS))
    project.run("dg", "scaffold", "defs", "campaign_assets.AllPortals", "all_portals")
    end_all(project.launch("all_portals", "group:{0}_marts"))
    with duckdb.connect(project.folder / "data/all_portals/campaigns.duckdb", read_only=True) as database:
        asked = "SELECT portal, count(*) FROM marts.campaign_summary GROUP BY ALL ORDER BY ALL"
        assert database.execute(asked).fetchall() == [("acme", 8), ("globex", 9)]
    for workplace in portals.values():
        assert_all_tables_are_true(workplace, DAYS[-1:], [get_metric_asset_type(slug) for slug in TYPES])


def test_an_attribute_that_there_is_not_is_told_with_its_line(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.run("dg", "scaffold", "defs", "campaign_assets.HubSpotCampaigns", "acme")
    file = project.get_yaml("acme")
    file.write_text(file.read_text().replace("time_zone: UTC", "timezone: UTC"))
    process = project.start("dg", "check", "yaml")
    said, _ = process.communicate(timeout=300)
    assert process.returncode and "defs.yaml:6" in said and "'timezone' was unexpected" in said


def test_dg_works_in_the_checkout(tmp_path: Path) -> None:
    project = Project(tmp_path)
    process = project.start("dg", "list", "defs", "--json", folder=ROOT)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0 and '"hubspot/asset_metrics/blog_post"' in said, said
