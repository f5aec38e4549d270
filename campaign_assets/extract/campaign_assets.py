"""What is tied to which campaign, as the rows of `hubspot/campaign_assets`.

One batch request for every fifty campaigns, and the pages that did not fit. Every type counts, the ones without
metrics and ones never heard of included.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.extract.asset_lists import Findings
from campaign_assets.extract.batches import BatchExtract, read_batch
from campaign_assets.hubspot import HubSpotClient, HubSpotError, split_batches
from campaign_assets.tables import CAMPAIGN_ASSETS, TIMESTAMP
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
        unreadable: Assets that have no id or are none, by campaign and type.
    """

    table: pa.Table
    repeated: int
    missing: tuple[str, ...]
    failed: Mapping[str, HubSpotError] = field(default_factory=dict)
    unread: Collection[tuple[str, str]] = ()
    refused: Mapping[str, HubSpotError] = field(default_factory=dict)
    unreadable: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def select_retained(self, before: pa.Table) -> pa.Table:
        """The rows of an earlier reading that stay, since what they tell was not read again."""
        silent = {*self.refused, *self.missing}
        concerned = {*silent, *(campaign_id for campaign_id, _ in self.unread)}
        rows = before.filter(pc.is_in(before["campaign_id"], pa.array(sorted(concerned), pa.string())))
        pairs = zip(rows["campaign_id"].to_pylist(), rows["asset_type"].to_pylist(), strict=True)
        return rows.filter(pa.array([pair[0] in silent or pair in self.unread for pair in pairs], pa.bool_()))


def read_campaign_assets(client: HubSpotClient, campaign_ids: Sequence[str], now: datetime) -> AssociationsExtract:
    """Reads the assets of campaigns.

    Args:
        client: The account.
        campaign_ids: The campaigns.
        now: When the reading began, with its time zone.

    Raises:
        HubSpotError: A request failed for good, and not only for one campaign or type.
    """
    findings, concurrency = Findings(patience=_PATIENCE), client.throttle.concurrency

    def read(batch: Sequence[str]) -> _Part:
        return _to_part(read_batch(client, batch, findings=findings), now)

    # Each campaign is in one batch, and the batches are in order: so are their rows, one batch after the other.
    batches = split_batches(sorted(set(campaign_ids)))
    parts = list(map_in_threads(read, batches, client.max_in_flight, lambda: concurrency.target))
    return AssociationsExtract(
        table=pa.concat_tables([CAMPAIGN_ASSETS.columns.empty_table(), *(part.rows for part in parts)]),
        repeated=sum(part.repeated for part in parts),
        missing=tuple(campaign_id for part in parts for campaign_id in part.missing),
        failed=findings.failed,
        unread=findings.unread,
        refused={campaign_id: error for part in parts for campaign_id, error in part.refused.items()},
        unreadable=findings.unreadable,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The associations of a batch, as rows: as Arrow they take a tenth of the memory."""

    rows: pa.Table
    repeated: int
    missing: Sequence[str]
    refused: Mapping[str, HubSpotError]


def _to_part(extract: BatchExtract, now: datetime) -> _Part:
    names: dict[tuple[str, str, str], str | None] = {}
    for asset_type, assets in extract.assets.items():
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
            pa.repeat(pa.scalar(now, TIMESTAMP), len(keys)),
        ],
        schema=CAMPAIGN_ASSETS.columns,
    )
    return _Part(table, sum(map(len, extract.assets.values())) - len(keys), extract.missing, extract.refused)
