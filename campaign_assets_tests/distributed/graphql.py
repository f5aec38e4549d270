"""What a person does in Dagster's UI, by the webserver's GraphQL: start a job, start a backfill, look at runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

LOCATION = "campaign_assets"
_REPOSITORY = "__repository__"
_SECONDS = 30.0

_LAUNCH_JOB = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
_LAUNCH_BACKFILL = """mutation($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
_BACKFILL = """query($id: String!) { partitionBackfillOrError(backfillId: $id) {
  __typename ... on PartitionBackfill { status } ... on PythonError { message } } }"""
_RUNS = """query($filter: RunsFilter) { runsOrError(filter: $filter) {
  __typename ... on Runs { results { runId status startTime endTime tags { key value } } } } }"""
_CELLS = """query($id: ID!) { runOrError(runId: $id) {
  __typename ... on Run { assetMaterializations { partition assetKey { path } } } } }"""
_EVENTS = """query($id: ID!) { logsForRun(runId: $id) {
  __typename ... on EventConnection { events { __typename ... on MessageEvent { message timestamp } } } } }"""
_DAEMONS = "{ instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } } }"

Cell = tuple[str, str]
"""A table and a day."""


@dataclass(frozen=True)
class Run:
    """A run as Dagster has it.

    Attributes:
        id: Its id.
        status: Dagster's word for how it is.
        began: When it began, in seconds since the epoch; None where it has not.
        ended: When it ended; None where it has not.
        tags: Its tags.
    """

    id: str
    status: str
    began: float | None
    ended: float | None
    tags: dict[str, str]


class Webserver:
    """The webserver at an address."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/graphql"

    def launch_job(self, name: str) -> str:
        """Starts a job, and gives the id of its run."""
        selector = {"repositoryLocationName": LOCATION, "repositoryName": _REPOSITORY, "jobName": name}
        launched = self._ask(_LAUNCH_JOB, "launchRun", params={"selector": selector, "runConfigData": {}})
        return str(launched["run"]["runId"])

    def launch_backfill(self, keys: Sequence[Sequence[str]], days: Sequence[date]) -> str:
        """Starts a backfill of assets over days, and gives its id."""
        params = {
            "assetSelection": [{"path": list(key)} for key in keys],
            "partitionNames": [day.isoformat() for day in days],
        }
        return str(self._ask(_LAUNCH_BACKFILL, "launchPartitionBackfill", params=params)["backfillId"])

    def get_backfill_status(self, backfill: str) -> str:
        """Dagster's word for how a backfill is."""
        return str(self._ask(_BACKFILL, "partitionBackfillOrError", id=backfill)["status"])

    def get_run(self, run_id: str) -> Run:
        """A run."""
        return self._get_runs({"runIds": [run_id]})[0]

    def list_runs_of(self, backfill: str) -> list[Run]:
        """The runs of a backfill, the first first."""
        return self._get_runs({"tags": [{"key": "dagster/backfill", "value": backfill}]})[::-1]

    def list_cells(self, run_id: str) -> list[Cell]:
        """What a run has said to be done so far, in its order."""
        found = self._ask(_CELLS, "runOrError", id=run_id)["assetMaterializations"]
        return [("/".join(event["assetKey"]["path"]), event["partition"]) for event in found if event["partition"]]

    def list_messages(self, run_id: str) -> list[str]:
        """The lines of a run's log."""
        events = self._ask(_EVENTS, "logsForRun", id=run_id)["events"]
        return [str(event.get("message", "")) for event in events]

    def list_unhealthy_daemons(self) -> list[str]:
        """The daemons that should run and have not been seen."""
        statuses = self._ask(_DAEMONS, "instance")["daemonHealth"]["allDaemonStatuses"]
        return [status["daemonType"] for status in statuses if status["required"] and not status["healthy"]]

    def _get_runs(self, selected: dict[str, Any]) -> list[Run]:
        found = self._ask(_RUNS, "runsOrError", filter=selected)["results"]
        return [
            Run(
                id=run["runId"],
                status=run["status"],
                began=run["startTime"],
                ended=run["endTime"],
                tags={tag["key"]: tag["value"] for tag in run["tags"]},
            )
            for run in found
        ]

    def _ask(self, query: str, field: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        response = httpx.post(self._url, json=body, timeout=_SECONDS, trust_env=False)
        content = response.json()
        if content.get("errors"):
            raise RuntimeError(f"{field}: {content['errors'][0]['message']}")
        found = content["data"][field]
        if "Error" in found.get("__typename", "") or "message" in found:
            raise RuntimeError(f"{field}: {found}")
        return found
