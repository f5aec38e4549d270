"""How far the log of association changes counts as followed in an instance that was told of its files later.

The sensor that follows the log keeps that in its cursor, which a new instance does not have: without this it would read
past days again for every association that ever came.
"""

import dagster as dg

from campaign_assets.defs.keys import CAMPAIGN_ASSET_CHANGES_KEY
from campaign_assets.defs.portal import Portal
from campaign_assets.tables import is_file_name

FOLLOWED_UNTIL = "followed_until"
"""In an event's metadata: the last file of the log that counts as followed."""
_NEWEST = 1_000
"""So many events of the log are looked through for it."""


def find_followed_until(instance: dg.DagsterInstance, portal: Portal) -> str:
    """The last file of the log that counts as followed; empty where nobody has said so."""
    records = instance.fetch_materializations(portal.key(CAMPAIGN_ASSET_CHANGES_KEY), limit=_NEWEST).records
    for record in records:
        noted = record.asset_materialization.metadata.get(FOLLOWED_UNTIL) if record.asset_materialization else None
        if isinstance(noted, dg.TextMetadataValue) and noted.text and is_file_name(noted.text):
            return noted.text
    return ""
