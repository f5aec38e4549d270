"""A client of HubSpot's Marketing Campaigns API, usable without Dagster.

Here: transport, authentication, pagination, errors, retries, the rate limit and typed answers. Not here: tables,
files, or which requests a table needs.
"""

from campaign_assets.hubspot.account import AccountDetails
from campaign_assets.hubspot.assets import Asset, AssetPage
from campaign_assets.hubspot.auth import Auth, TokenAuth
from campaign_assets.hubspot.campaigns import Campaign, CampaignBatch, CampaignPage
from campaign_assets.hubspot.client import HubSpotClient
from campaign_assets.hubspot.errors import (
    AccountMoving,
    ApiError,
    BadRequest,
    ConfigurationError,
    ConnectionFailed,
    DailyLimitReached,
    Forbidden,
    ForbiddenProperties,
    HubSpotError,
    InvalidAnswer,
    InvalidRequest,
    Locked,
    MissingScopes,
    NotFound,
    RateLimited,
    RepeatedCursor,
    ServerFailed,
    TokenExpired,
    Unauthorized,
)
from campaign_assets.hubspot.retry import RetryPolicy
from campaign_assets.hubspot.transport import Meter

__all__ = [
    "AccountDetails",
    "AccountMoving",
    "ApiError",
    "Asset",
    "AssetPage",
    "Auth",
    "BadRequest",
    "Campaign",
    "CampaignBatch",
    "CampaignPage",
    "ConfigurationError",
    "ConnectionFailed",
    "DailyLimitReached",
    "Forbidden",
    "ForbiddenProperties",
    "HubSpotClient",
    "HubSpotError",
    "InvalidAnswer",
    "InvalidRequest",
    "Locked",
    "Meter",
    "MissingScopes",
    "NotFound",
    "RateLimited",
    "RepeatedCursor",
    "RetryPolicy",
    "ServerFailed",
    "TokenAuth",
    "TokenExpired",
    "Unauthorized",
]
