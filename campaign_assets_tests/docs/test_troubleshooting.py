"""Troubleshooting has every error of the product, in the words in which the product says it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from upath import UPath

from campaign_assets.extract.asset_lists import CampaignGone
from campaign_assets.hubspot import errors
from campaign_assets.hubspot.errors import ApiError, BatchInterrupted, ErrorResponse, HubSpotError, ServerFailed
from campaign_assets.hubspot.json_text import TooMuchMemory
from campaign_assets.hubspot.wire.oauth import OAuthAuth
from campaign_assets.network.bodies import BodyDamaged, BodyTooLarge, UnknownEncoding
from campaign_assets.network.connections import ExchangeFailed
from campaign_assets.network.deadline import DeadlinePassed
from campaign_assets.settings import Settings, SettingsError, find_variable
from campaign_assets.tables import object_errors
from campaign_assets.tables.errors import DamagedFile, StorageError, StorageUnavailable, TableError
from campaign_assets.tables.file_bytes import NoRegularFile
from campaign_assets.tables.objects import _to_error
from campaign_assets.tables.seal import BrokenSeal
from campaign_assets_tests.docs.markdown import ROOT, list_rows
from campaign_assets_tests.docs.messages import find_sentences, list_error_classes

ROWS = [row for row in list_rows((ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")) if len(row) == 4]
INTERNAL: Mapping[type[Exception], type[Exception]] = {
    BodyDamaged: errors.ConnectionFailed,
    BodyTooLarge: errors.ResponseTooLarge,
    BrokenSeal: DamagedFile,
    CampaignGone: errors.NotFound,
    DeadlinePassed: errors.ConnectionFailed,
    ExchangeFailed: errors.ConnectionFailed,
    NoRegularFile: DamagedFile,
    TooMuchMemory: errors.ResponseTooLarge,
    UnknownEncoding: errors.InvalidResponse,
    ApiError: ServerFailed,  # always raised as one of its subclasses
    HubSpotError: ServerFailed,
    StorageError: TableError,
}
"""Errors that no person meets, each with the one that it becomes or is raised as."""
SETTINGS: tuple[Mapping[str, str], ...] = (
    {"CAMPAIGN_ASSETS_TIMEZONE": "Europe/Berln"},
    {"CAMPAIGN_ASSETS_START_DATE": "2999-01-01"},
    {"CAMPAIGN_ASSETS_STORAGE": "s3://key:word@bucket/data"},
    {"CAMPAIGN_ASSETS_STORAGE": "/srv/env=prod"},
    {"HUBSPOT_ACCESS_TOKEN": "pat-na1-x", "HUBSPOT_CLIENT_ID": "x"},
    {"HUBSPOT_CLIENT_ID": "x"},
    {"CAMPAIGN_ASSETS_PROPERTIES": "pat-na1-00000000-0000-4000-8000-000000000000"},
    {"CAMPAIGN_ASSETS_ALERT_WEBHOOK": "hooks"},
)
GET, BATCH = "GET /marketing/v3/campaigns", "POST /marketing/v3/campaigns/batch/read"
RESPONSES: Mapping[str, ErrorResponse] = {
    "Unauthorized": ErrorResponse(401, GET, "No"),
    "TokenExpired": ErrorResponse(401, GET, "No"),
    "MissingScopes": ErrorResponse(403, GET, "No", required_scopes=("marketing.campaigns.read",)),
    "Forbidden": ErrorResponse(403, GET, "No"),
    "AccountRefused": ErrorResponse(403, BATCH, "No"),
    "AccountMoving": ErrorResponse(477, GET, "No", retry_after=3600),
    "WrongRegion": ErrorResponse(488, GET, "No", hublet="eu1"),
    "BadRequest": ErrorResponse(400, BATCH, "No"),
    "ForbiddenProperties": ErrorResponse(400, GET, "No forbidden properties: [regoin] here"),
    "NotFound": ErrorResponse(404, f"{GET}/1", "No"),
    "Locked": ErrorResponse(423, "PATCH /marketing/v3/campaigns/1", "No"),
    "ServerFailed": ErrorResponse(500, GET, "No"),
    "RateLimited": ErrorResponse(429, BATCH, "No"),
    "DailyLimitReached": ErrorResponse(429, BATCH, "No"),
}
"""A response for each class of HubSpot's own errors."""


@cache
def list_samples(name: str) -> list[str]:
    """What errors of a class really say, where the sentence is put together as it is raised."""
    if name == SettingsError.__name__:
        without_driver = find_variable("storage").refuse(
            "s3://bucket/data", "the driver of s3:// cannot be loaded: pip install 'campaign_assets[s3]'"
        )
        return [str(without_driver), *(_catch(environ) for environ in SETTINGS)]
    if name == errors.ConfigurationError.__name__:
        return [OAuthAuth._to_refusal(errors.BadRequest(ErrorResponse(400, "POST /oauth/v1/token", "No")))]
    if name == BatchInterrupted.__name__:
        failure = ServerFailed(ErrorResponse(500, "POST /marketing/v3/campaigns/batch/create", "No"))
        return [str(BatchInterrupted(failure, None, tuple("x" * 70), 50))]
    if name in (StorageUnavailable.__name__, TableError.__name__):
        return list(_list_storage_errors(name))
    return [str(getattr(errors, name)(RESPONSES[name]))] if name in RESPONSES else []


def _list_storage_errors(name: str) -> Iterator[str]:
    """What is said of an object, whatever its storage does."""
    target = UPath("s3://bucket/data/hubspot/campaigns/data.parquet")
    for meaning in vars(object_errors).values():
        if isinstance(meaning, object_errors.Meaning):
            error = _to_error(target, "cannot be written", meaning, "503 SlowDown")
            if type(error).__name__ == name:
                yield str(error)


def _catch(environ: Mapping[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ(environ)
    return str(caught.value)


def test_every_error_has_its_row_or_becomes_one_that_has() -> None:
    told = {row[3].strip("`") for row in ROWS}
    assert not {one.__name__ for one in list_error_classes()} - {one.__name__ for one in INTERNAL} - told
    assert {one.__name__ for one in INTERNAL.values()} <= told
    assert set(INTERNAL) <= set(list_error_classes())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[3].strip("`"))
def test_a_message_is_one_that_the_product_says(row: list[str]) -> None:
    message, name = row[0].strip("`"), row[3].strip("`")
    pattern = re.compile(".*".join(map(re.escape, message.split("…"))), re.DOTALL)
    is_sample = any(pattern.fullmatch(sample) for sample in list_samples(name))
    assert is_sample or any(sentence.fullmatch(message) for sentence in find_sentences().get(name, ())), message


def test_every_row_says_what_to_do() -> None:
    assert len(ROWS) >= len(RESPONSES)
    assert all(all(cell for cell in row) for row in ROWS)
