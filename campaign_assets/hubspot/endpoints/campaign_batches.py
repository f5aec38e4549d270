"""Batches of campaigns: read, create, update and archive any number, fifty in a request.

What single campaigns are asked is in `campaigns`, what a batch answers in `models.campaigns`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

from campaign_assets.hubspot.endpoints.arguments import list_texts, to_names, to_window
from campaign_assets.hubspot.endpoints.campaign_fields import CampaignFields
from campaign_assets.hubspot.endpoints.endpoint import Endpoint
from campaign_assets.hubspot.errors import BatchInterrupted, HubSpotError, InvalidRequest
from campaign_assets.hubspot.models.campaigns import (
    CampaignBatch,
    to_batch_errors,
    to_campaign_with_assets,
    to_created_batch,
    to_read_batch,
)
from campaign_assets.hubspot.wire.request import Query, Request

ASSETS_IN_BATCH = 50
"""Source: recorded responses; where whole campaigns are answered, each type of one is capped at so many assets."""
CAMPAIGNS_PER_BATCH = 50
"""Source: HubSpot's API reference, the most inputs of a batch."""

Input = TypeVar("Input")


class CampaignBatches(Endpoint):
    """Reads and writes batches of campaigns."""

    def batch_read(
        self,
        campaign_ids: Iterable[str],
        *,
        properties: Sequence[str] = (),
        start_date: date | None = None,
        end_date: date | None = None,
    ) -> CampaignBatch:
        """Campaigns by id, each with the first 50 assets of each of its types; one request for every 50.

        Retried after every failure that may pass. Campaigns that do not exist, or came in a way that
        cannot be read, are no error: they are in `missing`.

        Args:
            campaign_ids: The campaigns; one that is named twice is asked for once. None at all cost no request.
            properties: Properties to answer; HubSpot answers none where this is empty.
            start_date: First day of the assets' metrics, inclusive, in the account's time zone.
            end_date: Last day of the metrics, inclusive; metrics come only when both are given.

        Raises:
            InvalidRequest: An argument is not as HubSpot takes it; nothing was sent.
            HubSpotError: The last failure, after retries; what other batches answered is dropped.

        Source: HubSpot's API reference; a 207 answers what was found beside the errors.
        """
        ids = list_texts("campaign_ids", campaign_ids)
        query = (("properties", to_names(properties)), *to_window(start_date, end_date))
        return join_batches(self._read(part, query) for part in split_batches(ids))

    def batch_create(self, campaigns: Iterable[CampaignFields]) -> CampaignBatch:
        """Makes campaigns, one request for every 50. Takes the write scope.

        Not idempotent: a request is sent again only where HubSpot surely did nothing (no connection, 423, 429,
        an expired token). After any other failure look for the names before you call again.

        Args:
            campaigns: The campaigns; each needs a name that the account does not have.

        Returns:
            What was made beside HubSpot's errors; `missing` holds the names that were not made.

        Raises:
            InvalidRequest: A campaign is not as HubSpot takes it; nothing was sent.
            BatchInterrupted: A later request failed; says what was made before.
            HubSpotError: The first request failed for good.
        """
        inputs = [to_created(fields) for fields in campaigns]
        names = [properties["hs_name"] for properties in inputs]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InvalidRequest(f"Two campaigns are to be named {twice!r:.100}, but names are unique.")
        return self._write(inputs, self._create)

    def batch_update(self, changes: Mapping[str, CampaignFields]) -> CampaignBatch:
        """Changes campaigns, one request for every 50. Takes the write scope.

        Retried after every failure that may pass: writing the same values twice is writing them once.

        Args:
            changes: What to write, by campaign id.

        Returns:
            What was changed beside HubSpot's errors; `missing` holds the ids that were not changed.

        Raises:
            InvalidRequest: A change is not as HubSpot takes it; nothing was sent.
            BatchInterrupted: A later request failed; says what was changed before.
            HubSpotError: The first request failed for good.
        """
        ids = list_texts("changes", changes)
        return self._write([(i, changes[i].to_properties()) for i in ids], self._update)

    def batch_archive(self, campaign_ids: Iterable[str]) -> CampaignBatch:
        """Deletes campaigns, one request for every 50. Takes the write scope.

        Retried after every failure that may pass.

        Args:
            campaign_ids: The campaigns; one that is named twice is deleted once.

        Returns:
            HubSpot's errors, should it name any, and no results: it answers 204 whether they existed or not, and even
            whether it could delete them or not. To be sure, read them: all should be missing.

        Raises:
            InvalidRequest: An id is no text; nothing was sent.
            BatchInterrupted: A later request failed; says which campaigns are left.
            HubSpotError: The first request failed for good.
        """
        return self._write(list_texts("campaign_ids", campaign_ids), self._archive)

    def _read(self, ids: Sequence[str], query: Query) -> CampaignBatch:
        body = {"inputs": [{"id": campaign_id} for campaign_id in ids]}
        request = Request("batch_read", "POST", self._paths.batch("read"), query, body)
        has_properties = any(name == "properties" and names for name, names in query)
        parse = partial(to_campaign_with_assets, has_properties=has_properties)
        return self._call(request, partial(to_read_batch, ids, parse=parse, whole=False))

    def _create(self, inputs: Sequence[dict[str, str]]) -> CampaignBatch:
        body = {"inputs": [{"properties": properties} for properties in inputs]}
        request = Request("batch_create", "POST", self._paths.batch("create"), body=body, idempotent=False)
        return self._call(request, partial(to_created_batch, [properties["hs_name"] for properties in inputs]))

    def _update(self, inputs: Sequence[tuple[str, dict[str, str]]]) -> CampaignBatch:
        body = {"inputs": [{"id": campaign_id, "properties": properties} for campaign_id, properties in inputs]}
        request = Request("batch_update", "POST", self._paths.batch("update"), body=body)
        return self._call(request, partial(to_read_batch, [campaign_id for campaign_id, _ in inputs]))

    def _archive(self, ids: Sequence[str]) -> CampaignBatch:
        body = {"inputs": [{"id": campaign_id} for campaign_id in ids]}
        request = Request("batch_archive", "POST", self._paths.batch("archive"), body=body)
        return self._call(request, lambda response: CampaignBatch((), (), to_batch_errors(response)))

    def _write(self, inputs: Sequence[Input], send: Callable[[Sequence[Input]], CampaignBatch]) -> CampaignBatch:
        """Writes one part after the other; what was written before a failure is not lost with it."""
        done: list[CampaignBatch] = []
        for part in split_batches(inputs):
            try:
                done.append(send(part))
            except HubSpotError as error:
                if not done:
                    raise
                failure = error
                break
        else:
            return join_batches(done)
        answered = len(done) * CAMPAIGNS_PER_BATCH
        raise BatchInterrupted(failure, join_batches(done), tuple(inputs[answered:]), answered) from failure


def split_batches(inputs: Sequence[Input]) -> Iterator[Sequence[Input]]:
    """Inputs, such as ids of campaigns, in batches as large as a request may hold."""
    for start in range(0, len(inputs), CAMPAIGNS_PER_BATCH):
        yield inputs[start : start + CAMPAIGNS_PER_BATCH]


def join_batches(batches: Iterable[CampaignBatch]) -> CampaignBatch:
    """What several batches answered, as one."""
    parts = list(batches)
    if len(parts) == 1:
        return parts[0]
    return CampaignBatch(
        results=tuple(campaign for part in parts for campaign in part.results),
        missing=tuple(text for part in parts for text in part.missing),
        errors=tuple(error for part in parts for error in part.errors),
    )


def to_created(fields: CampaignFields) -> dict[str, str]:
    """What is written of a new campaign.

    Raises:
        InvalidRequest: It has no name, or something is not as HubSpot takes it.
    """
    properties = fields.to_properties()
    if "hs_name" not in properties:
        raise InvalidRequest("A new campaign needs a name.")
    return properties
