"""`python -m campaign_assets_tests.re_execution RUN STRATEGY`: re-executes a run of the instance of DAGSTER_HOME.

By the same call as the UI, and as the daemon where it tries a run again. A process of its own, since Dagster leaves
its code server behind.
"""

import sys
import time

import dagster as dg
from dagster._core.definitions.selector import JobSubsetSelector
from dagster._core.execution.plan.resume_retry import ReexecutionStrategy
from dagster._core.test_utils import create_test_daemon_workspace_context
from dagster._core.workspace.load_target import ModuleTarget


def re_execute(instance: dg.DagsterInstance, parent: dg.DagsterRun, strategy: ReexecutionStrategy) -> dg.DagsterRun:
    """The new run, once it has ended."""
    target = ModuleTarget("campaign_assets.definitions", attribute=None, working_directory=None, location_name=None)
    with create_test_daemon_workspace_context(target, instance) as process:
        workspace = process.create_request_context()
        location = workspace.get_code_location(workspace.code_location_names[0])
        selector = JobSubsetSelector(
            location_name=location.name,
            repository_name=next(iter(location.get_repositories())),
            job_name=parent.job_name,
            op_selection=None,
            asset_selection=list(parent.asset_selection or ()),
        )
        run = instance.create_reexecuted_run(
            parent_run=parent,
            request_context=workspace,
            code_location=location,
            remote_job=location.get_job(selector),
            strategy=strategy,
            use_parent_run_tags=True,
        )
        instance.launch_run(run.run_id, workspace)
        while not (now := instance.get_run_by_id(run.run_id)) or not now.is_finished:
            time.sleep(0.05)
    return now


def main(run_id: str, strategy: str) -> None:
    """Prints the id of the new run."""
    with dg.DagsterInstance.get() as instance:
        parent = instance.get_run_by_id(run_id)
        assert parent, run_id
        print(f"new run: {re_execute(instance, parent, ReexecutionStrategy(strategy)).run_id}")


if __name__ == "__main__":
    main(*sys.argv[1:])
