"""What users override to give the assets of a portal other keys, groups, owners, tags or kinds, as in dagster-dlt."""

from dataclasses import dataclass

import dagster as dg


@dataclass(frozen=True, slots=True)
class TranslatorData:
    """What is known of an asset when it is translated.

    Attributes:
        portal: The name of its portal; empty where it has none.
        table: What it is, whatever its key: the table's path, such as `hubspot/asset_metrics/blog_post`.
        spec: The asset as it is where nobody translates it.
    """

    portal: str
    table: str
    spec: dg.AssetSpec


class HubSpotCampaignsTranslator:
    """Leaves every asset as it is; a subclass overrides `get_asset_spec`."""

    def get_asset_spec(self, data: TranslatorData) -> dg.AssetSpec:
        """The asset as Dagster is to show it.

        Where its file lies, what it depends on and how it is read stay as they are, whatever its key. The key has to
        follow from portal, table and the key in `data.spec` alone: others depend on the asset by it.

        Args:
            data: The asset.
        """
        return data.spec
