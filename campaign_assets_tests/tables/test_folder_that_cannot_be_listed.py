"""A folder that the disk does not let be listed is an error with a remedy, and never an empty table."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from campaign_assets.quality.files import find_strange_files
from campaign_assets.tables import METRICS_TABLES, TableError, TableStore
from campaign_assets.tables.inventory import take_inventory

FORMS = METRICS_TABLES["FORM"]
REMEDY = r"cannot be listed: .* Check the folder's rights\."


@contextmanager
def unlisted() -> Iterator[TableStore]:
    """A store, one of whose tables may not be listed, to somebody who is not root."""
    before = os.geteuid()
    with TemporaryDirectory() as root:  # of its own: pytest's folders are closed to others
        folder = Path(root).joinpath(*FORMS.path)
        folder.mkdir(parents=True)
        Path(root).chmod(0o755)
        folder.chmod(0)
        if before == 0:
            os.seteuid(65_534)
        try:
            yield TableStore(root)
        finally:
            os.seteuid(before)
            folder.chmod(0o755)


@pytest.mark.parametrize(
    "look",
    [lambda store: store.list_days(FORMS.path), lambda store: take_inventory(store, FORMS)],
    ids=["days", "inventory"],
)
def test_what_cannot_be_listed_says_so_and_what_to_do(look: Callable[[TableStore], object]) -> None:
    with unlisted() as store, pytest.raises(TableError, match=REMEDY):
        look(store)


def test_the_check_of_files_says_the_same() -> None:
    with unlisted() as store:
        (fault,) = find_strange_files(store, FORMS)
    assert "cannot be listed: " in fault and fault.endswith("Check the folder's rights.")
