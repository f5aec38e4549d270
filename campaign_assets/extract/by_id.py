"""Campaigns by id, up to fifty in a request: which exist, which do not, and which HubSpot refuses to answer.

A batch says neither which campaign it left out nor which one spoils it. So what is missing is asked for alone, and a
batch that is refused is halved until the campaigns are found that it is refused for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from campaign_assets.hubspot import (
    BadRequest,
    Campaign,
    CampaignBatch,
    Forbidden,
    HubSpotClient,
    HubSpotError,
    InvalidResponse,
    NotFound,
    ResponseTooLarge,
)

Window = tuple[date | None, date | None]
"""First and last day of the assets' metrics, in the account's time zone; without days no metrics."""
NO_WINDOW: Window = (None, None)
REFUSALS = (BadRequest, Forbidden, NotFound)
"""HubSpot's no to one question, which may be answered when it is put in parts."""
_MOST_STRIKES = 5
"""Campaigns that are refused alone too before any is answered: then all may be, whatever they are."""


@dataclass(slots=True)
class KnownCampaigns:
    """What requests find out about campaigns, and need not find out twice in a run.

    Attributes:
        deleted: Campaigns that do not exist any more.
        refused: Campaigns that spoil a batch: they are asked for alone.
        is_batch_refused: Whether batches are refused whatever is in them.
    """

    deleted: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    is_batch_refused: bool = False


@dataclass(slots=True)
class Answered:
    """What is known of campaigns that were asked for.

    Attributes:
        campaigns: Those that exist.
        missing: Those that do not exist any more.
        refused: Those that may exist, but HubSpot refuses to answer, and why.
    """

    campaigns: list[Campaign] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    refused: dict[str, HubSpotError] = field(default_factory=dict)


def read_by_id(
    client: HubSpotClient,
    campaign_ids: Sequence[str],
    *,
    properties: Sequence[str] = (),
    window: Window = NO_WINDOW,
    known: KnownCampaigns | None = None,
) -> Answered:
    """Asks for up to fifty campaigns, and for those that are not answered one by one.

    Args:
        client: The account.
        campaign_ids: The campaigns.
        properties: Properties to answer.
        window: The days of the assets' metrics.
        known: What other requests have found out; what this one does is added.

    Raises:
        HubSpotError: A request failed for good, and not for some campaigns only.
    """
    reading = _Reading(client, properties, window, known or KnownCampaigns())
    return reading.read(campaign_ids)


def find_campaign(
    client: HubSpotClient, campaign_id: str, *, properties: Sequence[str] = (), window: Window = NO_WINDOW
) -> Campaign | None:
    """One campaign; None where HubSpot itself says that there is none.

    Raises:
        InvalidResponse: There is a 404, but not in HubSpot's words: a web page on the way there may say so of all.
        HubSpotError: The request failed for good.
    """
    try:
        return client.campaigns.get(campaign_id, properties=properties, start_date=window[0], end_date=window[1])
    except NotFound as error:
        if error.response.is_hubspots:
            return None
        reason = f"{error} It is not HubSpot's own word, so nothing is taken for deleted."
    raise InvalidResponse(reason)


def is_too_long(error: BadRequest) -> bool:
    """Whether an address was too long, for HubSpot or for what lies on the way there."""
    return error.status in (414, 431)


def forget_frames(error: HubSpotError) -> HubSpotError:
    """An error that is kept for later, without the frames that it came through: these hold whole responses."""
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)


@dataclass(slots=True)
class _Reading:
    client: HubSpotClient
    properties: Sequence[str]
    window: Window
    known: KnownCampaigns
    answered: Answered = field(default_factory=Answered)
    strikes: int = 0
    last: str = ""
    is_any_answered: bool = False

    def read(self, campaign_ids: Sequence[str]) -> Answered:
        self.last = campaign_ids[-1] if campaign_ids else ""
        self._read_batch([i for i in campaign_ids if i not in self.known.refused])
        self._ask_alone(i for i in campaign_ids if i in self.known.refused)
        return self.answered

    def _read_batch(self, campaign_ids: Sequence[str]) -> None:
        if not campaign_ids:
            return
        try:
            batch = self._ask(campaign_ids)
        except (*REFUSALS, ResponseTooLarge) as error:
            if self._concerns_all(error) or self.known.is_batch_refused:
                raise
            self._halve(campaign_ids, error)
            return
        self.is_any_answered |= bool(batch.results)
        self.known.is_batch_refused = False
        self.answered.campaigns += batch.results
        self.answered.missing += [i for i in batch.missing if i in self.known.deleted]
        self._ask_alone(i for i in batch.missing if i not in self.known.deleted)

    def _concerns_all(self, error: HubSpotError) -> bool:
        """Whether any campaigns would be refused so: an address is too long by the properties, not by the campaigns."""
        return error.stops_run or (bool(self.properties) and isinstance(error, BadRequest) and is_too_long(error))

    def _ask(self, campaign_ids: Sequence[str]) -> CampaignBatch:
        first, last = self.window
        return self.client.campaigns.batch_read(
            campaign_ids, properties=self.properties, start_date=first, end_date=last
        )

    def _halve(self, campaign_ids: Sequence[str], error: HubSpotError) -> None:
        """Reads the halves of a batch that was refused as a whole.

        Raises:
            HubSpotError: Batches are refused whatever is in them.
        """
        if len(campaign_ids) == 1:
            self.strikes += 1
            if self.strikes >= _MOST_STRIKES and self._are_all_refused():
                self.known.is_batch_refused = True
                raise error
            self.known.refused.update(campaign_ids)
            self._ask_alone(campaign_ids)
            return
        half = len(campaign_ids) // 2
        self._read_batch(campaign_ids[:half])
        self._read_batch(campaign_ids[half:])

    def _ask_alone(self, campaign_ids: Iterable[str]) -> None:
        for campaign_id in campaign_ids:
            try:
                campaign = find_campaign(self.client, campaign_id, properties=self.properties, window=self.window)
            except (BadRequest, Forbidden, InvalidResponse) as error:
                if self._concerns_all(error):
                    raise
                self._note_refused(campaign_id, error)
                self._ask_without_days(campaign_id)
                continue
            if campaign is None:
                self.known.deleted.add(campaign_id)
                self.answered.missing.append(campaign_id)
            else:
                self.answered.campaigns.append(campaign)

    def _ask_without_days(self, campaign_id: str) -> None:
        """Lets the client find out whether only the day is refused, or whatever is asked.

        Raises:
            HubSpotError: Everything is refused.
        """
        if self.window == NO_WINDOW:
            return
        try:
            find_campaign(self.client, campaign_id)
        except HubSpotError as error:
            if error.stops_run:
                raise

    def _note_refused(self, campaign_id: str, error: HubSpotError) -> None:
        """Keeps a campaign's refusal.

        Raises:
            HubSpotError: So many are refused and none is answered that it is not theirs.
        """
        self.answered.refused[campaign_id] = forget_frames(error)
        if len(self.answered.refused) >= _MOST_STRIKES and not self.answered.campaigns and self._are_all_refused():
            raise error

    def _are_all_refused(self) -> bool:
        """Whether the campaign at the other end is refused like the first ones: these may be of one kind."""
        if not self.is_any_answered:
            try:
                self.is_any_answered = bool(self._ask([self.last]).results)
            except (*REFUSALS, InvalidResponse):
                pass
        return not self.is_any_answered
