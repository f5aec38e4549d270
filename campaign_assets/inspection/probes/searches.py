"""What the search does: with a property that there is not, and with a change of a moment ago."""

from datetime import timedelta

from campaign_assets.hubspot import ForbiddenProperties, HubSpotClient
from campaign_assets.inspection.discovery import ABSENT_PROPERTY
from campaign_assets.inspection.probes.answers import Answer, Unknown
from campaign_assets.inspection.probes.sample import Sample

UNKNOWN_PROPERTY = Unknown(
    "Whether an unknown property is refused or ignored",
    "Either: a refused one is left out, and one that no campaign has is null: properties_answered tells.",
)
LAG = Unknown(
    "How far the search lags behind changes",
    "Any time: what a search misses is asked for by id before it counts as deleted, and the sensor sees a change once "
    "the search does.",
)
REQUESTS_OF_PROPERTY = 1
_RECENT = timedelta(hours=1)


def probe_unknown_property(client: HubSpotClient) -> Answer:
    """Asks for a property that no account has.

    Args:
        client: The account.

    Raises:
        HubSpotError: The request failed for another reason.
    """
    try:
        client.campaigns.search(limit=1, properties=[ABSENT_PROPERTY])
    except ForbiddenProperties as error:
        named = "names those that there are" if error.correct_names else "does not name those that there are"
        return Answer(UNKNOWN_PROPERTY, True, f"it is refused, and the refusal {named}.")
    return Answer(UNKNOWN_PROPERTY, True, "it is ignored.")


def look_for_lag(sample: Sample) -> Answer:
    """Compares when campaigns were changed last by the search and by the batch, which is current; asks nothing.

    Args:
        sample: What is looked at.
    """
    seen = {campaign.id: campaign.updated_at for campaign in sample.page.results}
    changes = {i: (at, before) for i, at in sample.updated_at.items() if (before := seen.get(i))}
    if not changes:
        return Answer(LAG, None, "no campaign says when it was changed last")
    unseen = [at for at, before in changes.values() if before < at]
    if unseen:
        ages = [_describe(sample.now - at) for at in (min(unseen), max(unseen))]
        span = " to ".join(dict.fromkeys(ages))
        return Answer(LAG, True, f"it does: {len(unseen):,} changes of {span} ago are not to be seen in it yet.")
    age = sample.now - max(at for at, _ in changes.values())
    if age > _RECENT:
        return Answer(LAG, None, f"the last change is {_describe(age)} old; change a campaign in HubSpot and ask again")
    return Answer(LAG, True, f"by less than {_describe(age)}: a change of that time ago is to be seen in it.")


def _describe(age: timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:,} {unit}"
    return f"{seconds} seconds"
