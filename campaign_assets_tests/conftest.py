"""What every test may ask for: an emulated account on a real socket, and a workplace around it."""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import dagster as dg
import hypothesis
import pytest
from dagster._core.definitions.definitions_load_context import DefinitionsLoadContext, DefinitionsLoadType

from campaign_assets.defs import sqlite_instance
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.settings import Settings
from campaign_assets_tests.workplace import NOW, Workplace

if TYPE_CHECKING:
    from campaign_assets_tests.object_storage.buckets import Bucket
    from campaign_assets_tests.object_storage.faulty_proxy import FaultyProxy

IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of our own below it
"""Where instances keep their SQLite files: each event is a transaction, which a disk makes durable slowly."""
hypothesis.settings.register_profile("unhurried", deadline=None)  # how long an example takes says what else runs here
hypothesis.settings.load_profile("unhurried")
Serve = Callable[..., EmulatorServer]
MakeWorkplace = Callable[..., Workplace]
MakeBegun = Callable[..., Workplace]
MakeFilled = Callable[..., Workplace]


@pytest.fixture(scope="session", autouse=True)
def no_stored_definitions() -> None:
    """Keeps Dagster from asking for definitions kept in an instance, which these are not.

    It asks the instance that it takes for the present one, and that may be one of a test before, gone since: an
    instance that is collected as garbage puts back the one before it.
    """
    DefinitionsLoadContext.set(DefinitionsLoadContext(DefinitionsLoadType.INITIALIZATION))


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts emulated accounts, which stop after the test; standing at `NOW` and without a rate limit by default."""
    with ExitStack() as stack:

        def start(**options: Any) -> EmulatorServer:
            portal = Portal(**{"now": NOW, "rate_limit": 0, "campaigns": 12, **options})
            return stack.enter_context(EmulatorServer(portal))

        yield start


def open_instance(home: str) -> AbstractContextManager[dg.DagsterInstance]:
    """A Dagster instance whose databases lie in a folder, as `dagster.yaml` makes them."""
    ours = {"module": sqlite_instance.__name__, "class": sqlite_instance.Instance.__name__}
    pools = {"pools": {"granularity": "run"}}
    return dg.instance_for_test({"instance_class": ours, "concurrency": pools}, temp_dir=home)


@pytest.fixture(scope="session")
def empty_home() -> Iterator[str]:
    """The folder of an instance in which nothing has run: copying it is much faster than making its databases."""
    with TemporaryDirectory(dir=IN_MEMORY) as home:
        with open_instance(home) as instance:
            assert not instance.get_runs_count() and not instance.all_instigator_state()
        yield home


@pytest.fixture
def make_workplace(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_home: str
) -> Iterator[MakeWorkplace]:
    """Makes workplaces: `settings` for the code location, all else for the emulated account.

    With `begun`, a folder that `make_begun` keeps, the workplace begins with its instance and its tables.
    """
    with ExitStack() as stack:

        def make(
            settings: dict[str, str] | None = None,
            server: EmulatorServer | None = None,
            begun: Path | None = None,
            **options: Any,
        ) -> Workplace:
            server = server or serve(**options)
            tables = tmp_path / f"tables{len(list(tmp_path.iterdir()))}"
            environ = {
                # Where the account names no limit, the client keeps to the lowest that HubSpot has: seconds of waiting.
                **({} if "rate_limit" in options else {"HUBSPOT_RATE_LIMIT": "10000"}),
                "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
                "HUBSPOT_BASE_URL": server.url,
                "CAMPAIGN_ASSETS_STORAGE": str(tables),
                **(settings or {}),
            }
            monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", environ["HUBSPOT_ACCESS_TOKEN"])
            home = stack.enter_context(TemporaryDirectory(dir=IN_MEMORY))
            shutil.copytree(begun / "home" if begun else empty_home, home, dirs_exist_ok=True)
            if begun:
                shutil.copytree(begun / "tables", tables)
            else:
                tables.mkdir()
            instance = stack.enter_context(open_instance(home))
            return Workplace(server, instance, Settings.from_environ(environ))

        yield make


@pytest.fixture(scope="session")
def begun_places() -> Iterator[dict[object, Path]]:
    """Instances and tables of workplaces in which days were read, by what was read."""
    with TemporaryDirectory(dir=IN_MEMORY) as folder:
        places: dict[object, Path] = defaultdict(lambda: Path(folder) / str(len(places)))
        yield places


@pytest.fixture
def make_begun(make_workplace: MakeWorkplace, begun_places: dict[object, Path]) -> MakeBegun:
    """Makes workplaces in which something was done, which is done once for each account and copied after that."""

    def make(begin: Callable[[Workplace], object], name: object, **options: Any) -> Workplace:
        place = begun_places[(name, repr(sorted(options.items())))]
        if not place.exists():
            workplace = make_workplace(**options)
            begin(workplace)
            shutil.copytree(workplace.settings.storage, place / "tables")
            shutil.copytree(workplace.instance.root_directory, place / "home")
        return make_workplace(begun=place, **options)

    return make


@pytest.fixture
def make_filled(make_begun: MakeBegun) -> MakeFilled:
    """Makes workplaces whose tables hold days; the days of one account are read once and copied after that."""

    def make(days: Sequence[date], **options: Any) -> Workplace:
        def begin(workplace: Workplace) -> None:
            assert workplace.run_all(days).success

        return make_begun(begin, tuple(days), **options)

    return make


@pytest.fixture(scope="session")
def s3_proxy() -> Iterator["FaultyProxy"]:
    """What stands before an S3 server on this machine: it counts requests, and a test may let it fail."""
    from campaign_assets_tests.object_storage.buckets import serve_buckets  # which takes a second to import
    from campaign_assets_tests.object_storage.faulty_proxy import proxied

    with serve_buckets() as address, proxied(address) as proxy:
        yield proxy


@pytest.fixture
def bucket(s3_proxy: "FaultyProxy", monkeypatch: pytest.MonkeyPatch) -> "Bucket":
    """A bucket of the test's own, and an environment that leads there."""
    from campaign_assets_tests.object_storage.buckets import make_bucket

    bucket = make_bucket(s3_proxy.upstream, s3_proxy.url)
    for name, value in bucket.environ.items():
        monkeypatch.setenv(name, value)
    return bucket


@pytest.fixture
def workplace(make_workplace: MakeWorkplace) -> Workplace:
    """A workplace as most tests want it."""
    return make_workplace()
