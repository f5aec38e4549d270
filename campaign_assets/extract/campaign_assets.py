"""What is tied to which campaign, as the rows of `hubspot/campaign_assets`.

One batch request for every fifty campaigns, and the pages that did not fit. Every type counts, the ones without
metrics and ones never heard of included.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from campaign_assets.extract.asset_lists import Findings
from campaign_assets.extract.batches import read_batch
from campaign_assets.hubspot import HubSpotClient, HubSpotError, split_batches
from campaign_assets.tables import CAMPAIGN_ASSETS
from campaign_assets.threads import map_in_threads

_PATIENCE = 3
"""A list that fails for one campaign may succeed for others; one that fails for several fails for all."""


@dataclass(frozen=True, slots=True)
class AssociationsExtract:
    """All associations as they were read.

    Attributes:
        table: One row per campaign × asset type × asset, sorted.
        repeated: Rows that came more than once, collapsed into one.
        missing: Campaigns that were asked for and do not exist any more.
        failed: Types whose assets cannot be listed, and why.
        unread: Campaign and type of each such list: of these only the first fifty are there.
        refused: Campaigns that HubSpot refuses to answer, and why: nothing of these is there.
    """

    table: pa.Table
    repeated: int
    missing: tuple[str, ...]
    failed: Mapping[str, HubSpotError] = field(default_factory=dict)
    unread: Collection[tuple[str, str]] = ()
    refused: Mapping[str, HubSpotError] = field(default_factory=dict)

    def list_retained(self, before: pa.Table) -> pa.Array:
        """Which rows of an earlier reading stay, since what they tell was not read again."""
        pairs = zip(before["campaign_id"].to_pylist(), before["asset_type"].to_pylist(), strict=True)
        return pa.array([pair[0] in self.refused or pair in self.unread for pair in pairs], pa.bool_())


def read_campaign_assets(client: HubSpotClient, campaign_ids: Sequence[str], now: datetime) -> AssociationsExtract:
    """Reads the assets of campaigns.

    Args:
        client: The account.
        campaign_ids: The campaigns.
        now: When the reading began, with its time zone.

    Raises:
        HubSpotError: A request failed for good, and not only for one campaign or type.
    """
    names: dict[tuple[str, str, str], str | None] = {}
    received = 0
    missing: list[str] = []
    batches = list(split_batches(campaign_ids))
    refused: dict[str, HubSpotError] = {}
    findings = Findings(patience=_PATIENCE)
    for extract in map_in_threads(
        lambda batch: read_batch(client, batch, findings=findings), batches, client.max_in_flight
    ):
        missing.extend(extract.missing)
        refused.update(extract.refused)
        for asset_type, assets in extract.assets.items():
            received += len(assets)
            for campaign_id, asset in assets:
                key = (campaign_id, asset_type, asset.id)
                names[key] = names.get(key) if asset.name is None else asset.name
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
    return AssociationsExtract(
        table,
        repeated=received - len(keys),
        missing=tuple(missing),
        failed=findings.failed,
        unread=findings.unread,
        refused=refused,
    )
