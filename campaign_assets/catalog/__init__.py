"""What HubSpot has, as data: asset types, their metrics, and the properties of a campaign.

Only facts belong here. How they are asked for is in `hubspot`, how they are stored in `tables`.
"""

from campaign_assets.catalog.asset_types import (
    ASSET_TYPES,
    METRIC_ASSET_TYPES,
    AssetType,
    find_asset_type,
    get_metric_asset_type,
)
from campaign_assets.catalog.campaign_properties import (
    CAMPAIGN_PROPERTIES,
    SUNSET_PROPERTIES,
    CampaignProperty,
    PropertyKind,
)
from campaign_assets.catalog.metrics import Aggregation, Metric

__all__ = [
    "ASSET_TYPES",
    "CAMPAIGN_PROPERTIES",
    "METRIC_ASSET_TYPES",
    "SUNSET_PROPERTIES",
    "Aggregation",
    "AssetType",
    "CampaignProperty",
    "Metric",
    "PropertyKind",
    "find_asset_type",
    "get_metric_asset_type",
]
