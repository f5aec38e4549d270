"""How many requests to the storage the work takes."""

import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.marts.building import build_asset_performance
from campaign_assets.tables import TableStore
from campaign_assets_tests.object_storage.buckets import Bucket
from campaign_assets_tests.object_storage.conftest import Behind
from campaign_assets_tests.reliability.account import list_days, open_client, serve
from campaign_assets_tests.reliability.run import run_all


@pytest.mark.parametrize("number", [2, pytest.param(30, marks=pytest.mark.long)])
def test_a_cell_is_read_once_and_put_once_and_nothing_else_grows_with_the_cells(
    bucket: Bucket, behind: Behind, number: int
) -> None:
    days, store = list_days(number), TableStore(bucket.root)
    cells = number * len(METRIC_ASSET_TYPES)
    with serve(campaigns=4) as server, open_client(server.url) as client:
        for known in (False, True):
            proxy = behind()
            assert not run_all(client, store, days).errors
            found = proxy.count()
            told = number if known else 0  # files of restatements
            print(f"{number} days, {'again' if known else 'first'}: {dict(found)}, {cells} cells")
            assert found["HEAD"] == found["DELETE"] == 0
            assert found["PUT"] == cells + told + 2 + 3 + known  # tables without days, trials, changes
            assert found["GET"] <= cells + told + 30
            assert found["LIST"] <= 40
    proxy = behind()
    build_asset_performance(store, days[-1].replace(day=1))
    there = len([day for day in days if day.month == days[-1].month]) * len(METRIC_ASSET_TYPES)
    print(f"a month of the mart: {dict(proxy.count())}, {there} cells")
    assert proxy.count() == {"LIST": 2 * len(METRIC_ASSET_TYPES), "GET": there, "PUT": 1}
