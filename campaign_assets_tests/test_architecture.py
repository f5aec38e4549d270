"""The rules of the house."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

PACKAGE = Path(__file__).parents[1] / "campaign_assets"


def test_imports_run_one_way() -> None:
    # The contracts stand in pyproject.toml.
    assert lint_imports(config_filename=str(PACKAGE.parent / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_only_the_settings_the_definitions_and_the_command_line_see_the_environment() -> None:
    # The network reads what is the operating system's, not ours: whose certificates count.
    allowed = {"settings.py", "definitions.py", "cli/main.py", "cli/demo.py", "network/environment.py"}
    for file in PACKAGE.rglob("*.py"):
        names = {node.attr for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Attribute)}
        if names & {"environ", "getenv"}:
            assert str(file.relative_to(PACKAGE)) in allowed, f"{file} reads the environment"


def test_one_file_imports_what_has_no_public_name_in_dagster() -> None:
    hidden = re.compile(r"^\s*(from|import) dagster\._", re.MULTILINE)
    files = {str(file.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py") if hidden.search(file.read_text())}
    assert files == {"defs/dagster_core.py"}


def test_every_module_says_what_belongs_there() -> None:
    for file in PACKAGE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(file.read_text())), f"{file} has no docstring"


def test_no_file_has_a_name_that_says_nothing() -> None:
    names = {file.stem for file in PACKAGE.rglob("*.py")}
    assert not names & {"utils", "helpers", "common", "misc", "tools", "base"}


def test_every_package_that_is_imported_is_declared() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    declared = {re.split(r"[^A-Za-z0-9-]", name)[0] for name in [*project["dependencies"], *extras]}
    distributions = packages_distributions()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"campaign_assets"}:
                assert {name.lower().replace("_", "-") for name in distributions[top]} & declared, (
                    f"{file} imports {top}"
                )
