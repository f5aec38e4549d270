"""HubSpot campaigns, campaign assets and their daily metrics as typed Parquet tables, in Dagster.

The plain half knows HubSpot and tables and imports no Dagster: `catalog`, `hubspot`, `extract`, `tables`.
The Dagster half is `defs`, assembled by `definitions`. docs/design.md holds the map of the code.

What other Dagster projects name in YAML is here: `HubSpotCampaigns` and `AllPortals`. They are imported when they are
asked for, so that whoever uses the plain half waits for no Dagster.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_assets.defs.component.all_portals import AllPortals as AllPortals
    from campaign_assets.defs.component.hubspot_campaigns import HubSpotCampaigns as HubSpotCampaigns
    from campaign_assets.defs.translator import HubSpotCampaignsTranslator as HubSpotCampaignsTranslator
    from campaign_assets.defs.translator import TranslatorData as TranslatorData

_LAZY = {
    "AllPortals": "campaign_assets.defs.component.all_portals",
    "HubSpotCampaigns": "campaign_assets.defs.component.hubspot_campaigns",
    "HubSpotCampaignsTranslator": "campaign_assets.defs.translator",
    "TranslatorData": "campaign_assets.defs.translator",
}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
