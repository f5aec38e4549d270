"""`make distributed`: everything is started, a worker is killed amid two backfills, and every cell is compared."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import click

from campaign_assets_tests.distributed.deployment import Deployment
from campaign_assets_tests.distributed.packages import install_missing
from campaign_assets_tests.distributed.portals import serve
from campaign_assets_tests.distributed.processes import NotStarted, Processes
from campaign_assets_tests.distributed.scenario import Scenario
from campaign_assets_tests.distributed.servers import start_servers
from campaign_assets_tests.distributed.timeline import Timeline
from campaign_assets_tests.distributed.two_portals import NAMES

_SIGNALS = (signal.SIGALRM, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@click.command()
@click.option("--keep", is_flag=True, help="Keep the folder with all logs also where all is well.")
@click.option("--longest", default=360, show_default=True, help="Seconds after which it has failed.")
def main(keep: bool, longest: int) -> None:
    """Starts all of a deployment's processes on this machine, kills one, and compares what came of it."""
    postgres = install_missing()
    folder = Path(tempfile.mkdtemp(prefix="distributed-"))
    folder.chmod(0o711)  # Postgres is another user
    problems = ["it did not come to its end"]
    try:
        problems = _run(folder, postgres, longest)
    except (NotStarted, TimeoutError, RuntimeError) as error:
        problems = [str(error)]
    finally:
        if not problems and not keep:
            shutil.rmtree(folder)
    if problems:
        click.echo("\n".join(["FAILED", *problems, f"What each process printed lies in {folder}."]))
        sys.exit(1)
    click.echo("All is as it must be.")


def _run(folder: Path, postgres: Path, longest: int) -> list[str]:
    """Everything, in processes that are stopped at its end; gives what is wrong."""
    timeline = Timeline()
    with ExitStack() as stack:
        accounts = [stack.enter_context(serve(name, seed)) for seed, name in enumerate(NAMES)]
        lower, upper = (stack.enter_context(Processes(folder)) for _ in range(2))
        stack.enter_context(_bounded(longest))
        servers = start_servers(lower, folder, postgres)
        timeline.note("Postgres, Redis, S3 and two emulated portals answer")
        environ = servers.to_environ()
        os.environ.update(environ)  # the comparison reads the tables in this process
        settings = {**environ, **{name: text for account in accounts for name, text in account.environ.items()}}
        deployment = Deployment(upper, folder, settings, "campaign_assets_tests.distributed.location")
        deployment.prepare([account.names.pool for account in accounts])
        workers = deployment.start(workers=2)
        timeline.note(f"code server, webserver, daemon and two workers run; the UI is {deployment.url}")
        scenario = Scenario(deployment, workers, accounts, timeline)
        scenario.play()
    timeline.note("all processes are stopped")
    return scenario.problems


@contextmanager
def _bounded(longest: int) -> Iterator[None]:
    """Ends the block by an exception where it takes too long, or where somebody asks this process to end.

    Afterwards nothing disturbs the end of what was started, which takes some seconds.
    """

    def stop(number: int, _: FrameType | None) -> None:
        if number == signal.SIGALRM:
            raise TimeoutError(f"it took longer than {longest} s")
        raise SystemExit(128 + number)

    for number in _SIGNALS:
        signal.signal(number, stop)
    signal.alarm(longest)
    try:
        yield
    finally:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    main()
