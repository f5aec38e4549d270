"""What tests of an object storage may ask for, besides `bucket`."""

from collections.abc import Callable, Iterator

import pytest

from campaign_assets.tables import Patience, TableStore
from campaign_assets_tests.object_storage.buckets import Bucket
from campaign_assets_tests.object_storage.faulty_proxy import Fault, FaultyProxy

HURRY = Patience(sleep=lambda seconds: None, longest_try=5.0)
"""As patient as the product, without the waits."""
Behind = Callable[..., FaultyProxy]


@pytest.fixture
def behind(s3_proxy: FaultyProxy) -> Iterator[Behind]:
    """Lets faults happen on the way to the bucket, instead of those before, and counts from then on."""

    def put(*faults: Fault) -> FaultyProxy:
        s3_proxy.faults[:] = faults
        s3_proxy.requests.clear()
        return s3_proxy

    yield put
    put()
    s3_proxy.stop_waiting()


@pytest.fixture
def store(bucket: Bucket) -> TableStore:
    """Tables in a bucket."""
    return TableStore(bucket.root, HURRY)
