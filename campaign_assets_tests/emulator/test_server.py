"""The server and the command line."""

import os
import signal
import socket
import subprocess
import sys
from threading import Thread

import httpx
import pytest
from click.testing import CliRunner

from campaign_assets.emulator import EmulatorServer, Portal
from campaign_assets.emulator.command import emulator
from campaign_assets_tests.emulator.conftest import Serve

RUN = [sys.executable, "-c", "from campaign_assets.emulator.command import emulator; emulator()"]


def test_a_stopped_server_answers_no_more_and_can_be_stopped_again() -> None:
    server = EmulatorServer(Portal(campaigns=0))
    with server:
        assert httpx.get(f"{server.url}/emulator/stats", trust_env=False).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/emulator/stats", trust_env=False)
    server.stop()


def test_a_stopped_server_starts_again_at_the_same_address_with_the_same_portal() -> None:
    server = EmulatorServer(Portal(campaigns=0))
    urls = set()
    for _ in range(2):
        with server:
            urls.add(server.url)
            httpx.get(f"{server.url}/nowhere", trust_env=False)
    assert len(urls) == 1
    assert server.stats.requests == 2


def test_many_requests_can_be_in_flight_while_responses_are_held_back(serve: Serve) -> None:
    door = serve(campaigns=1, latency_ms=60)
    threads = [Thread(target=door.client.get, args=("/account-info/v3/details",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert door.server.stats.peak_in_flight == 8


def test_a_port_in_use_is_one_sentence_and_status_1() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(emulator, ["--campaigns", "0", "--port", str(port)])
    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--time-zone", "Mars/Base"],
        ["--today", "someday"],
        ["--unknown-metric", "SHARES"],
        ["--unknown-metric", "NOPE:SHARES"],
        ["--also-token", "x:all"],
    ],
)
def test_an_option_that_makes_no_sense_is_refused(arguments: list[str]) -> None:
    result = CliRunner().invoke(emulator, arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_help_lists_every_option_under_a_heading() -> None:
    text = CliRunner().invoke(emulator, ["--help"]).output
    for heading in ("Server:", "Portal:", "Clock:", "Limits:", "Access:", "OAuth app:"):
        assert heading in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_the_variables_to_set_and_stops_by_a_signal(number: signal.Signals) -> None:
    arguments = [*RUN, "--port", "0", "--campaigns", "2", "--time-zone", "America/New_York", "--token", "pat-x"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(5)]
        variables = dict(line.removeprefix("export ").split("=", 1) for line in lines[2:])
        assert variables["HUBSPOT_ACCESS_TOKEN"] == "pat-x"
        assert variables["CAMPAIGN_ASSETS_TIMEZONE"] == "America/New_York"
        response = httpx.get(
            f"{variables['HUBSPOT_BASE_URL']}/marketing/v3/campaigns",
            headers={"Authorization": "Bearer pat-x"},
            trust_env=False,
        )
        assert response.json()["total"] == 2
        os.kill(process.pid, number)
        assert process.wait(10) == 0


def test_the_command_stops_with_its_parent_if_told_to() -> None:
    arguments = [*RUN, "--port", "0", "--campaigns", "1", "--stop-with-parent"]
    with subprocess.Popen(  # noqa: S603 - our own command
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        process.stdin.close()
        assert process.wait(10) == 0
