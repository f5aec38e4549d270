"""The servers that are no Python packages: Postgres and Redis, from Debian's packages where they are missing."""

import os
import shutil
import subprocess
from pathlib import Path

import click

_PACKAGES = ("postgresql", "redis-server")


def find_postgres() -> Path | None:
    """The folder of Postgres' programs: Debian has one for each version, and none of them on the path."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parts[-2]))
    return Path(found).resolve().parent if found else next(reversed(folders), None)


def install_missing() -> Path:
    """Installs what is missing, and gives the folder of Postgres' programs.

    Raises:
        ClickException: Something is missing and cannot be installed.
    """
    if find_postgres() is None or shutil.which("redis-server") is None:
        _install()
    postgres = find_postgres()
    if postgres is None or shutil.which("redis-server") is None:
        raise click.ClickException(f"{' and '.join(_PACKAGES)} were installed, but are not found.")
    return postgres


def _install() -> None:
    named = " ".join(_PACKAGES)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise click.ClickException(f"Postgres and Redis are needed: apt-get install {named}, as root.")
    click.echo(f"Installing {named} ...")
    # In single-user mode the packages start no servers of their own.
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *_PACKAGES]):
        command = ["apt-get", "-qq", *words]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise click.ClickException(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
