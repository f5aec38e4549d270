"""The recipe of the docs, followed by its own words: a bucket, the variables, the check, a day, a question."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.docs.blocks import BLOCKS
from campaign_assets_tests.docs.markdown import ROOT
from campaign_assets_tests.object_storage.buckets import CREDENTIALS, Bucket

PAGE = "docs/object_storage.md, Tables on S3"
FILLED_IN = {
    "s3://my-bucket/campaigns": "{root}",
    "AWS_ACCESS_KEY_ID=…": f"AWS_ACCESS_KEY_ID={CREDENTIALS['AWS_ACCESS_KEY_ID']}",
    "AWS_SECRET_ACCESS_KEY=…": f"AWS_SECRET_ACCESS_KEY={CREDENTIALS['AWS_SECRET_ACCESS_KEY']}",
    "eu-central-1": "us-east-1",
}
"""What a reader puts in the place of the examples."""


@pytest.mark.long
def test_whoever_follows_the_recipe_has_tables_in_the_bucket(bucket: Bucket, serve: Serve, tmp_path: Path) -> None:
    export, check = (block.text for block in BLOCKS if block.name in (f"{PAGE}, 3", f"{PAGE}, 4"))
    for example, own in FILLED_IN.items():
        assert example in export
        export = export.replace(example, own.format(root=bucket.root))
    server = serve(campaigns=3)
    (tmp_path / "dagster.yaml").write_text((ROOT / "dagster.yaml").read_text())
    environ = {
        **{name: value for name, value in os.environ.items() if name not in CREDENTIALS},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DAGSTER_HOME": str(tmp_path),
        "HUBSPOT_BASE_URL": server.url,
        "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
        "CAMPAIGN_ASSETS_START_DATE": "2026-03-01",
    }

    def follow(commands: str) -> str:
        done = subprocess.run(  # noqa: S603
            ["bash", "-c", f"{export}\n{commands}"],  # noqa: S607
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    told = follow(check)
    assert f"✓ storage: {bucket.root} can be written to, read, listed and removed from." in told
    assert "✓ atomic replacement" in told
    done = follow(
        "dagster asset materialize -m campaign_assets.definitions --partition 2026-03-09 "
        "--select 'hubspot/campaigns,hubspot/campaign_assets,group:asset_metrics'"
    )
    assert "RUN_SUCCESS" in done, done[-3000:]
    keys = bucket.list_keys("tables/hubspot")
    assert len([key for key in keys if "metric_date=2026-03-09" in key]) == 13
    asked = follow('campaign-assets query "SELECT count(*) AS n FROM hubspot.campaigns" --format csv')
    assert asked.split() == ["n", "3"]
    assert f"Tables below {bucket.root}" in follow("campaign-assets status")
