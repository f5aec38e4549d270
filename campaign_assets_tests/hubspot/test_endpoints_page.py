"""The page that lists endpoints names what there is: methods, the emulator's endpoints and tests."""

import re
from collections.abc import Iterator
from pathlib import Path

from campaign_assets.emulator.routes import ENDPOINTS
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.hubspot.endpoints.endpoint import Endpoint

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "campaign_assets_tests" / "hubspot", ROOT / "campaign_assets_tests" / "conformance")


def read_rows() -> list[list[str]]:
    """The cells of each row."""
    lines = (ROOT / "docs" / "endpoints.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][1:]


def list_methods() -> Iterator[str]:
    """Every public method of every group of the client."""
    with HubSpotClient("pat-na1-x") as client:
        for name, group in vars(client).items():
            if isinstance(group, Endpoint):
                yield from (
                    f"{name}.{method}" for method in dir(group) if re.match("[a-z]", method) and method != "kind"
                )


def test_no_cell_is_empty() -> None:
    assert all(len(row) == 6 and all(row) for row in read_rows())


def test_every_method_of_the_client_is_on_it_and_no_other() -> None:
    named = {name for row in read_rows() for name in re.findall(r"`([\w.]+)`", row[2])}
    assert named == {*list_methods(), "OAuthAuth"}


def test_every_endpoint_of_the_emulator_is_on_it_and_no_other() -> None:
    assert {row[3].strip("`") for row in read_rows()} == {endpoint.name for endpoint in ENDPOINTS}


def test_every_test_that_it_names_exists() -> None:
    named = [name for row in read_rows() for cell in row[4:] for name in re.findall(r"`(\w+)::(\w+)`", cell)]
    assert len(named) >= 2 * len(read_rows())
    for file, test in named:
        texts = [(folder / f"test_{file}.py") for folder in FOLDERS]
        assert any(path.exists() and f"def {test}(" in path.read_text() for path in texts), f"{file}::{test}"
