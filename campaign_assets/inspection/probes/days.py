"""What HubSpot means by days: whether the last one counts, whether they add up, and in which time zone they lie."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from campaign_assets.days import keep_same_time
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.inspection.probes.answers import Answer, Unknown
from campaign_assets.inspection.probes.counts import Reading, compare_sums, read_window
from campaign_assets.inspection.probes.sample import Sample

END_DATE = Unknown("Whether endDate counts", "It does: a day is asked for with both dates the same.")
SINGLE_DAYS = Unknown("Whether single days add up", "They do, for metrics that the catalog calls additive.")
TIME_ZONE = Unknown(
    "Whether days are the account's or UTC's",
    "The account's, in the time zone that it tells; time_zone_is_the_accounts compares the setting.",
)
_DAY = timedelta(days=1)
_WEEK = 7
REQUESTS_OF_WINDOWS = 2 * (_WEEK + 1)
REQUESTS_OF_TIME_ZONE = 1
_HOURS = 3
"""So old a day has to be: HubSpot counts what happens with some delay."""
_FEWEST = 20
"""Where fewer were to be expected, nothing is no proof."""


def probe_windows(client: HubSpotClient, sample: Sample) -> list[Answer]:
    """Compares a week with its days, each asked for alone.

    Args:
        client: The account.
        sample: What is looked at.

    Raises:
        HubSpotError: A request failed.
    """
    if not sample.active:
        return [Answer(unknown, None, _NOTHING) for unknown in (END_DATE, SINGLE_DAYS)]
    last = sample.days.last
    days = [last - number * _DAY for number in reversed(range(_WEEK))]
    week = read_window(client, sample.active, days[0], last)
    single = [read_window(client, sample.active, day, day) for day in days]
    is_counted = any(reading.total for reading in single)
    if not week.total and not is_counted:
        return [Answer(unknown, None, "nothing was counted in the week that was asked for") for unknown in _BOTH]
    if is_counted:
        end = Answer(END_DATE, True, "it does: a window that begins and ends on one day counts that day.")
        return [end, _compare(week, single)]
    end = Answer(END_DATE, False, "it does not: a window that begins and ends on one day is empty, a week is not.")
    week = read_window(client, sample.active, days[0], last + _DAY)
    return [end, _compare(week, [read_window(client, sample.active, day, day + _DAY) for day in days])]


_NOTHING = "the campaigns that were changed last have counted nothing for weeks"
_BOTH = (END_DATE, SINGLE_DAYS)


def _compare(week: Reading, single: list[Reading]) -> Answer:
    values, differ = compare_sums([week], single)
    if differ:
        return Answer(SINGLE_DAYS, False, f"{differ:,} of {values:,} counts of a week are not the sum of its days.")
    return Answer(SINGLE_DAYS, True, f"all {values:,} counts of a week are the sum of its days.")


def probe_time_zone(client: HubSpotClient, sample: Sample, *, inclusive: bool) -> Answer:
    """Looks, while it is another day in UTC than in the account, whether anything is counted on the later one.

    Args:
        client: The account.
        sample: What is looked at.
        inclusive: Whether endDate counts.

    Raises:
        HubSpotError: The request failed.
    """
    zone = sample.account.time_zone or ""
    same = keep_same_time(zone, "UTC", sample.now.year)
    if same is None:
        return Answer(TIME_ZONE, None, "HubSpot names no time zone that is known here")
    if same:
        return Answer(TIME_ZONE, True, "both are the same: the account keeps the time of UTC.")
    local, utc = sample.now.astimezone(ZoneInfo(zone)), sample.now.astimezone(UTC)
    if local.date() == utc.date():
        return Answer(TIME_ZONE, None, f"it is the same day in both now; ask again {_describe_hours(local)}")
    later = max(local, utc, key=lambda time: time.date())
    if later.hour < _HOURS:
        return Answer(TIME_ZONE, None, f"the later day of both has just begun; ask again in {_HOURS} hours")
    last = later.date() if inclusive else later.date() + _DAY
    is_counted = read_window(client, sample.ids, later.date(), last).total > 0
    if not is_counted and sample.reading.total / len(sample.days) * later.hour / 24 < _FEWEST:
        return Answer(TIME_ZONE, None, "the campaigns that were changed last count too little for it")
    names = ("the account", "UTC") if local.date() > utc.date() else ("UTC", "the account")
    said = f"{'something' if is_counted else 'nothing'} is counted on a day that has begun in {names[0]} only"
    if names[not is_counted] == "UTC":
        return Answer(TIME_ZONE, False, f"UTC's: {said}.")
    return Answer(TIME_ZONE, True, f"the account's: {said}.")


def _describe_hours(local: datetime) -> str:
    """When it is another day there than in UTC, with time for something to be counted."""
    offset = local.utcoffset() or timedelta(0)
    begin = timedelta(hours=24) - offset if offset > timedelta(0) else timedelta(0)
    end = timedelta(hours=24) if offset > timedelta(0) else -offset
    return f"between {_to_clock(begin + timedelta(hours=_HOURS))} and {_to_clock(end)} UTC"


def _to_clock(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"
