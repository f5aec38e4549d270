"""A client of HubSpot's Marketing Campaigns API, usable without Dagster.

Here: transport, authentication, pagination, errors, retries, the rate limit and typed responses. Not here: tables,
files, or which requests a table needs.
"""

from campaign_assets.hubspot.base_url import BASE_URL, to_base_url
from campaign_assets.hubspot.client import MAX_IN_FLIGHT, HubSpotClient
from campaign_assets.hubspot.endpoints.account import AccountDetails, ApiUsage
from campaign_assets.hubspot.endpoints.arguments import ROWS_PER_PAGE
from campaign_assets.hubspot.endpoints.campaign_batches import ASSETS_IN_BATCH, CAMPAIGNS_PER_BATCH, split_batches
from campaign_assets.hubspot.endpoints.campaign_fields import CampaignFields
from campaign_assets.hubspot.endpoints.paths import API_VERSION, to_api_version
from campaign_assets.hubspot.errors import (
    AccountMoving,
    AccountRefused,
    ApiError,
    BadRequest,
    BatchInterrupted,
    ConfigurationError,
    ConnectionFailed,
    DailyLimitReached,
    DailyReserveReached,
    EndlessPages,
    Forbidden,
    ForbiddenProperties,
    HubSpotError,
    HubSpotUnavailable,
    InvalidRequest,
    InvalidResponse,
    Locked,
    MissingScopes,
    NotFound,
    RateLimited,
    RepeatedCursor,
    ResponseTooLarge,
    ServerFailed,
    TokenExpired,
    Unauthorized,
    WrongRegion,
)
from campaign_assets.hubspot.limits.daily_quota import DAILY_RESERVE
from campaign_assets.hubspot.limits.limit_observation import LimitObservation
from campaign_assets.hubspot.models.assets import Asset, AssetPage
from campaign_assets.hubspot.models.campaigns import Campaign, CampaignBatch, CampaignPage
from campaign_assets.hubspot.models.clones import Clone
from campaign_assets.hubspot.models.enums import (
    AttributionModel,
    CampaignSort,
    CampaignStatus,
    CloneStatus,
    ContactType,
)
from campaign_assets.hubspot.models.fields import normalize_campaign_id, parse_timestamp, to_raw_text
from campaign_assets.hubspot.models.money import BudgetTotals, MoneyItem
from campaign_assets.hubspot.models.reports import AttributionMetrics, ContactPage, RevenueAttribution
from campaign_assets.hubspot.wire.auth import Auth, TokenAuth
from campaign_assets.hubspot.wire.oauth import OAuthAuth
from campaign_assets.hubspot.wire.request_counter import RequestCounter
from campaign_assets.hubspot.wire.retry import RetryPolicy

__all__ = [
    "API_VERSION",
    "ASSETS_IN_BATCH",
    "AccountDetails",
    "AccountMoving",
    "AccountRefused",
    "ApiError",
    "ApiUsage",
    "Asset",
    "AssetPage",
    "AttributionMetrics",
    "AttributionModel",
    "Auth",
    "BASE_URL",
    "BadRequest",
    "BatchInterrupted",
    "BudgetTotals",
    "CAMPAIGNS_PER_BATCH",
    "Campaign",
    "CampaignBatch",
    "CampaignFields",
    "CampaignPage",
    "CampaignSort",
    "CampaignStatus",
    "Clone",
    "CloneStatus",
    "ConfigurationError",
    "ConnectionFailed",
    "ContactPage",
    "ContactType",
    "DAILY_RESERVE",
    "DailyLimitReached",
    "DailyReserveReached",
    "EndlessPages",
    "Forbidden",
    "ForbiddenProperties",
    "HubSpotClient",
    "HubSpotError",
    "HubSpotUnavailable",
    "InvalidRequest",
    "InvalidResponse",
    "LimitObservation",
    "Locked",
    "MAX_IN_FLIGHT",
    "MissingScopes",
    "MoneyItem",
    "NotFound",
    "OAuthAuth",
    "ROWS_PER_PAGE",
    "RateLimited",
    "RepeatedCursor",
    "RequestCounter",
    "ResponseTooLarge",
    "RetryPolicy",
    "RevenueAttribution",
    "ServerFailed",
    "TokenAuth",
    "TokenExpired",
    "Unauthorized",
    "WrongRegion",
    "normalize_campaign_id",
    "parse_timestamp",
    "split_batches",
    "to_api_version",
    "to_base_url",
    "to_raw_text",
]
