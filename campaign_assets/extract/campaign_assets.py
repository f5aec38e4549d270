"""What is tied to which campaign, as the rows of `hubspot/campaign_assets`.

One batch request for every fifty campaigns, and the pages that did not fit. Every type counts, the ones without
metrics and ones never heard of included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from campaign_assets.extract.batches import Findings, read_batch
from campaign_assets.hubspot import HubSpotClient, HubSpotError, split_batches
from campaign_assets.tables import CAMPAIGN_ASSETS
from campaign_assets.threads import map_in_threads


@dataclass(frozen=True, slots=True)
class AssociationsExtract:
    """All associations as they were read.

    Attributes:
        table: One row per campaign × asset type × asset, sorted.
        repeated: Rows that came more than once, collapsed into one.
        missing: Campaigns that were asked for and do not exist any more.
        failed: Types that HubSpot refuses to list, and why: of each campaign only the first fifty are there.
    """

    table: pa.Table
    repeated: int
    missing: tuple[str, ...]
    failed: Mapping[str, HubSpotError] = field(default_factory=dict)


def read_campaign_assets(client: HubSpotClient, campaign_ids: Sequence[str], now: datetime) -> AssociationsExtract:
    """Reads the assets of campaigns.

    Args:
        client: The account.
        campaign_ids: The campaigns.
        now: When the reading began, with its time zone.

    Raises:
        HubSpotError: A request failed for good, and not only for one type.
    """
    names: dict[tuple[str, str, str], str | None] = {}
    received = 0
    missing: list[str] = []
    batches = list(split_batches(campaign_ids))
    findings = Findings()
    for extract in map_in_threads(
        lambda batch: read_batch(client, batch, findings=findings), batches, client.max_in_flight
    ):
        missing.extend(extract.missing)
        for asset_type, assets in extract.assets.items():
            received += len(assets)
            names.update(((campaign_id, asset_type, asset.id), asset.name) for campaign_id, asset in assets)
    keys = sorted(names)
    table = pa.table(
        [
            pa.array([key[0] for key in keys], pa.string()),
            pa.array([key[1] for key in keys], pa.string()),
            pa.array([key[2] for key in keys], pa.string()),
            pa.array([names[key] for key in keys], pa.string()),
            pa.repeat(pa.scalar(now, CAMPAIGN_ASSETS.columns.field("extracted_at").type), len(keys)),
        ],
        schema=CAMPAIGN_ASSETS.columns,
    )
    return AssociationsExtract(table, repeated=received - len(keys), missing=tuple(missing), failed=findings.failed)
