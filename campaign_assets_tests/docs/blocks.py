"""Which blocks of the pages run where, and why some cannot."""

from collections.abc import Mapping

from campaign_assets_tests.docs.markdown import Block, list_blocks, list_pages

BLOCKS: tuple[Block, ...] = tuple(block for page in list_pages() for block in list_blocks(page))

ASK_FOR_MORE = (
    "docs/recipes.md, A new asset type or metric, 1",
    "docs/recipes.md, Your own assets downstream, 1",
    "docs/recipes.md, Read chosen campaigns again, 1",
)
"""Blocks that take more than running them, by name; `test_blocks` knows what."""

CANNOT_RUN: Mapping[str, str] = {
    "README.md, Two commands, 1": "the gate runs both, on a clean checkout (.ci/run)",
    "README.md, A real account, 3": "stays open; test_ui.py opens the UI in a browser",
    "docs/emulator.md, Emulator, 1": "stays open; the block after it runs against such an account",
    "docs/recipes.md, Go on after a failure, 1": "takes a run that failed; test_command_line.py goes on with one",
    "docs/recipes.md, Spark, 1": "takes a Java machine and 400 MB of Spark",
    "docs/recipes.md, Every night, with systemd, 1": "takes systemd and a root user",
    "docs/recipes.md, Every night, with systemd, 2": "takes systemd and a root user",
    "docs/recipes.md, Every night, in containers, 1": "takes Docker; make distributed does without it",
    "docs/object_storage.md, Tables on S3, 1": "installs; the tests have the driver by their own requirements",
    "docs/object_storage.md, Tables on S3, 3": "takes a bucket; object_storage/test_recipe.py has one",
    "docs/object_storage.md, Tables on S3, 4": "likewise",
    "docs/recipes.md, On S3, 1": "takes a bucket and its credentials",
    "docs/recipes.md, Upgrade, 1": "takes a newer version to pull",
    "docs/commands.md, campaign-assets backfill, 1": "takes a run that failed; test_command_line.py goes on with one",
    "deploy/README.md, When one machine is not enough, 1": "takes Postgres, Redis and two minutes",
    "deploy/README.md, The processes, 1": "a drawing",
    "docs/portals.md, In any Dagster project, 1": "takes a Dagster project; test_any_dagster_project.py makes one",
    "docs/portals.md, In any Dagster project, 3": "takes a Dagster project; test_any_dagster_project.py makes one",
    "docs/portals.md, A second portal, 1": "takes a Dagster project; test_any_dagster_project.py makes one",
    "docs/portals.md, The command line, 1": "takes such a portal; test_two_portals.py asks about one",
    "docs/portals.md, Over all portals, 1": "takes a Dagster project; test_any_dagster_project.py makes one",
    "docs/portals.md, Over all portals, 3": "takes several portals; test_all_portals.py asks it",
    "docs/portals.md, Over all portals, 4": "takes a bucket",
    "docs/commands.md, campaign-assets demo, 1": "stays open; test_ui.py opens the UI in a browser",
    "docs/commands.md, campaign-assets emulator, 1": "stays open; a block of docs/emulator.md asks such an account",
    "deploy/README.md, Kubernetes, 1": "takes a cluster",
    "docs/reliability.md, Nothing lost: faults, crashes and disks, 1": "a table of figures",
}
"""Blocks that nothing runs, by name, each with the reason. Their syntax is checked all the same."""


def list_running(*languages: str) -> list[Block]:
    """The blocks of some languages that run as they stand."""
    return [b for b in BLOCKS if b.language in languages and b.name not in {*ASK_FOR_MORE, *CANNOT_RUN}]
