"""`python -m campaign_assets_tests.one_tick FOLDER`: one tick of a sensor that reads tables, and the process's end."""

import sys

import dagster as dg

from campaign_assets.defs.building import build_definitions
from campaign_assets.settings import Settings


def main(folder: str) -> None:
    """Evaluates the sensor of association changes over the tables of a folder."""
    definitions = build_definitions(Settings.from_environ({"CAMPAIGN_ASSETS_STORAGE": folder}))
    repository = definitions.get_repository_def()
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(
            instance=instance,
            repository_def=repository,
            resources={"tables": (definitions.resources or {})["tables"]},
        ) as context,
    ):
        tick = repository.get_sensor_def("association_backfill").evaluate_tick(context)
    assert tick.run_requests, tick.skip_message


if __name__ == "__main__":
    main(*sys.argv[1:])
