"""No secret stands in anything that the product writes or says: real processes, all logs at their loudest."""

import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from campaign_assets.emulator.options import OAuthApp, TokenGrant
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.scripted_server import Received, ScriptedServer, http_response
from campaign_assets_tests.search_of_bytes import find_hits, read_folder
from campaign_assets_tests.workplace import DAYS

TOKEN = "pat-na1-PLANTED-token-b7e1"
REFUSED = "pat-na1-PLANTED-refused-c2f4"
APP = OAuthApp("client-a1", "PLANTED-client-secret-d9a3", "PLANTED-refresh-token-e5b8")
WEBHOOK_PATH = "/services/PLANTED-webhook-f6c1"
SECRETS = (TOKEN, REFUSED, APP.client_secret, APP.refresh_token, WEBHOOK_PATH)
INSTANCE = """
run_coordinator: {module: dagster._core.run_coordinator, class: DefaultRunCoordinator}
python_logs: {managed_python_loggers: [root], python_log_level: DEBUG}
telemetry: {enabled: false}
"""
_OTHERS = re.compile("proxy|^HUBSPOT_|^CAMPAIGN_ASSETS_", re.IGNORECASE)
"""Variables that are not these processes' business."""
LOUD = "import logging, sys\nlogging.basicConfig(level=logging.DEBUG, stream=sys.stderr)\n"
"""Every logger of every process, to its standard error."""
ONE_TABLE = ("--select", "key:hubspot/campaigns or key:hubspot/campaign_assets or key:hubspot/asset_metrics/form")
WHERE = {"repositoryName": "__repository__", "repositoryLocationName": "campaign_assets.definitions"}
QUESTIONS = {
    "runs": """{ runsOrError { __typename ... on Runs { results {
        runId status runConfigYaml runConfig tags { key value }
        stats { __typename }
        eventConnection { events { __typename ... on MessageEvent { message }
            ... on ExecutionStepFailureEvent { error { message stack causes { message stack } } }
            ... on RunFailureEvent { error { message stack causes { message stack } } }
            ... on DisplayableEvent { label description metadataEntries { label description } } } } } } } }""",
    "resources": """query Ask($where: RepositorySelector!) {
        allTopLevelResourceDetailsOrError(repositorySelector: $where) {
        __typename ... on ResourceDetailsList { results { name description configuredValues { key value type }
            configFields { name description defaultValueAsJson } } } } }""",
    "launchpad": """query Ask($job: PipelineSelector!) { runConfigSchemaOrError(selector: $job) {
        __typename ... on RunConfigSchema { rootDefaultYaml allConfigTypes { key description } } } }""",
    "sensors": """query Ask($where: RepositorySelector!) { sensorsOrError(repositorySelector: $where) {
        __typename ... on Sensors { results { name description sensorState { status typeSpecificData {
            ... on SensorData { lastRunKey lastCursor } } ticks { cursor skipReason
            error { message stack causes { message stack } } } } } } } }""",
    "jobs": """query Ask($where: RepositorySelector!) { repositoryOrError(repositorySelector: $where) {
        __typename ... on Repository { name displayMetadata { key value }
            jobs { name description tags { key value } } } } }""",
    "instance": "{ instance { __typename info } workspaceOrError { __typename } }",
}
DRY_RUN = """mutation Ask($sensor: SensorSelector!, $cursor: String) {
    sensorDryRun(selectorData: $sensor, cursor: $cursor) {
    __typename ... on DryRunInstigationTick { evaluationResult { cursor skipReason
        error { message stack causes { message stack } }
        runRequests { runConfigYaml tags { key value } } } } } }"""
STATUS = "query Ask($run: ID!) { runOrError(runId: $run) { __typename ... on Run { status } } }"
LAUNCH = """mutation Ask($run: ExecutionParams!) { launchRun(executionParams: $run) {
    __typename ... on LaunchRunSuccess { run { runId } } } }"""


class CommandLines:
    """What the process list shows of a user's processes, looked at again and again by a thread."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "CommandLines":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.seen.add(path.read_bytes())
                except OSError:
                    continue  # it has ended


class Processes:
    """Real processes of the product, on one Dagster instance and one folder of tables.

    Attributes:
        said: What was answered and cannot be read from a file, by where it was said.
    """

    def __init__(self, folder: Path, hubspot: str, webhook: str) -> None:
        self.home, self.tables, self.output = folder / "home", folder / "tables", folder / "output"
        for path in (self.home, self.tables, self.output, folder / "loud"):
            path.mkdir()
        (self.home / "dagster.yaml").write_text(INSTANCE)
        with dg.DagsterInstance.from_config(
            str(self.home)
        ) as instance:  # makes its databases, which processes race for
            instance.get_runs(limit=1)
        (folder / "loud" / "sitecustomize.py").write_text(LOUD)
        self.said: list[tuple[str, bytes]] = []
        self._url = ""
        self._environ = {
            **{name: value for name, value in os.environ.items() if not _OTHERS.search(name)},
            "PYTHONPATH": str(folder / "loud"),
            "DAGSTER_HOME": str(self.home),
            "HUBSPOT_BASE_URL": hubspot,
            "CAMPAIGN_ASSETS_STORAGE": str(self.tables),
            "CAMPAIGN_ASSETS_ALERT_WEBHOOK": webhook,
        }

    def start(self, name: str, words: tuple[str, ...], environ: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Starts a process whose output goes to a file."""
        command = [sys.executable, "-m", *words, "-m", "campaign_assets.definitions"]
        with (self.output / f"{name}.log").open("wb") as log:
            return subprocess.Popen(command, env={**self._environ, **environ}, stdout=log, stderr=log)  # noqa: S603

    def materialize(self, name: str, environ: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Starts a run of one day and a few tables."""
        words = ("dagster", "asset", "materialize", *ONE_TABLE, "--partition", str(DAYS[-1]))
        return self.start(name, words, environ)

    @contextmanager
    def serving(self, environ: Mapping[str, str]) -> Iterator[None]:
        """A webserver, which is asked with `ask`."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._url = f"http://127.0.0.1:{port}"
        words = ("dagster_webserver", "-h", "127.0.0.1", "-p", str(port))
        server = self.start("webserver", words, environ)
        try:
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)

    def wait_for_webserver(self) -> None:
        """Returns when it answers."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self._url}/server_info", trust_env=False).raise_for_status()
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the webserver did not start")

    def ask(self, name: str, question: str, **variables: Any) -> Any:
        """Asks the webserver in GraphQL, and keeps the response."""
        body = {"query": question, "variables": variables}
        response = httpx.post(f"{self._url}/graphql", json=body, timeout=60, trust_env=False)
        self.said.append((f"GraphQL's {name}", response.content))
        found = response.json()
        assert "errors" not in found, found["errors"]
        kinds = [part.get("__typename", "") for part in found["data"].values()]
        assert not [kind for kind in kinds if kind.endswith(("Error", "InvalidSubset"))], found
        return found["data"]

    def try_sensor(self, name: str, cursor: str = "") -> dict[str, Any]:
        """Evaluates a sensor as the daemon does."""
        data = self.ask(f"{name} at {cursor}", DRY_RUN, sensor={**WHERE, "sensorName": name}, cursor=cursor)
        evaluation: dict[str, Any] = data["sensorDryRun"]["evaluationResult"]
        assert not evaluation["error"], evaluation
        return evaluation

    def fail(self) -> str:
        """Launches a run whose token HubSpot refuses, and waits for its end; the run's id."""
        # Config of a resource replaces all that it was made with, its address too.
        hubspot = {"access_token": {"env": "REFUSED_TOKEN"}, "base_url": self._environ["HUBSPOT_BASE_URL"]}
        config = {"resources": {"hubspot": {"config": hubspot}}}
        selector = {**WHERE, "jobName": "refresh_campaigns"}
        run = self.ask("launch", LAUNCH, run={"selector": selector, "runConfigData": config})["launchRun"]["run"]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.ask("status", STATUS, run=run["runId"])["runOrError"]["status"] == "FAILURE":
                return str(run["runId"])
            time.sleep(0.3)
        raise AssertionError("the run did not fail")


@pytest.mark.long
def test_no_secret_stands_in_anything_written_or_said(serve: Serve, tmp_path: Path) -> None:
    server = serve(campaigns=3, assets_per_campaign=4, tokens=(TokenGrant(TOKEN),), oauth_apps=(APP,))
    hook = ScriptedServer(lambda _: http_response("ok"))
    with hook, CommandLines() as command_lines:
        product = Processes(tmp_path, server.url, hook.url + WEBHOOK_PATH)
        with product.serving({"HUBSPOT_ACCESS_TOKEN": TOKEN, "REFUSED_TOKEN": REFUSED}):
            by_app = {
                "HUBSPOT_CLIENT_ID": APP.client_id,
                "HUBSPOT_CLIENT_SECRET": APP.client_secret,
                "HUBSPOT_REFRESH_TOKEN": APP.refresh_token,
            }
            works = product.materialize("works", {"HUBSPOT_ACCESS_TOKEN": TOKEN})
            refused = product.materialize("refused", {"HUBSPOT_ACCESS_TOKEN": REFUSED})
            oauth = product.materialize("oauth", by_app)
            product.wait_for_webserver()
            cursor = product.try_sensor("alert_on_failed_run")["cursor"]
            assert [process.wait(timeout=60) for process in (works, oauth, refused)] == [0, 0, 1]
            run_id = product.fail()
            product.try_sensor("alert_on_failed_run", cursor)
            product.try_sensor("campaign_changes")
            job = {**WHERE, "pipelineName": "refresh_everything"}
            for name, question in QUESTIONS.items():
                product.ask(name, question, **_choose(question, where=WHERE, job=job))
    _assert_that_all_of_it_happened(product, hook.received, run_id, command_lines.seen)
    processes = [("the process list", line) for line in command_lines.seen]
    folders = (product.home, product.tables, product.output)
    sources = [*product.said, *processes, *(found for folder in folders for found in read_folder(folder))]
    bought = list(server.portal.authenticator._access)  # the access tokens that the app was sold
    assert bought
    assert find_hits([*SECRETS, *bought], sources) == []
    assert find_hits(["correlation id"], sources), "the search finds nothing at all"


def _choose(question: str, **variables: Any) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if f"${name}" in question}


def _assert_that_all_of_it_happened(
    product: Processes, received: list[Received], run_id: str, command_lines: set[bytes]
) -> None:
    assert [request.line for request in received] == [f"POST {WEBHOOK_PATH}"]
    assert run_id.encode() in received[0].body
    assert any(b"campaign_assets.definitions" in line for line in command_lines)
    responses = b"".join(data for _, data in product.said)
    for expected in (
        b"HUBSPOT_ACCESS_TOKEN",
        b"CAMPAIGN_ASSETS_ALERT_WEBHOOK",
        b"REFUSED_TOKEN",
        b"HubSpot answered 401",
    ):
        assert expected in responses
    for log in ("works", "oauth", "refused", "webserver"):
        assert b"DEBUG:httpcore" in (product.output / f"{log}.log").read_bytes(), f"{log} was not loud"
    assert list(product.tables.rglob("*.parquet"))


@pytest.mark.parametrize("place", ["text", "database", "compressed", "parquet", "name", "base64"])
def test_the_search_finds_a_secret_wherever_it_is_planted(tmp_path: Path, place: str) -> None:
    if place == "parquet":
        pq.write_table(pa.table({"name": [TOKEN] * 3}), tmp_path / "data.parquet", compression="zstd")
    elif place == "name":
        (tmp_path / TOKEN).touch()
    elif place in ("text", "base64"):
        text = TOKEN if place == "text" else "xxSGVhZGVyOiBwYXQtbmExLVBMQU5URUQtdG9rZW4tYjdlMSE="
        (tmp_path / "run.log").write_text(f"Bearer {text} and more")
    else:
        cell = zlib.compress(f"x{TOKEN}".encode()) if place == "compressed" else "x" * 9_000 + TOKEN
        connection = sqlite3.connect(tmp_path / "runs.db")
        connection.execute("CREATE TABLE snapshots (body)")
        connection.execute("INSERT INTO snapshots VALUES (?)", (cell,))
        connection.commit()
        connection.close()
    hits = find_hits([TOKEN], read_folder(tmp_path))
    assert hits and all(hit.startswith(TOKEN[:12]) for hit in hits)
