"""The component `campaign_assets.AllPortals`: one database and one report over the portals of a project."""

from collections.abc import Sequence
from typing import Annotated

import dagster as dg
from pydantic import Field

from campaign_assets.defs.all_portals import Member, build_all_portals
from campaign_assets.defs.component.attributes import list_attributes, setting
from campaign_assets.defs.component.hubspot_campaigns import HubSpotCampaigns
from campaign_assets.defs.component.scaffolding import AllPortalsScaffolder
from campaign_assets.settings import SettingsError
from campaign_assets.storage_root import anchor_storage


@dg.scaffold_with(AllPortalsScaffolder)
class AllPortals(dg.Component, dg.Resolvable, dg.Model):
    """One database whose relations have the column `portal`, and one report, over several portals of the project."""

    portals: Sequence[str] = Field(description="The folders of the portals' components below defs/, such as acme.")
    name: Annotated[str, setting("portal")] = "all_portals"
    storage: Annotated[str | None, setting("storage")] = None

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The database, the report, and the sensor that makes them anew.

        Args:
            context: Of the project, which knows the portals' components.

        Raises:
            SettingsError: A folder holds no portal, or none is named.
        """
        home = str(context.project_root)
        if not self.portals:
            raise SettingsError("portals is empty: name the folders of the portals' components below defs/.", "portals")
        components = [_load(context, folder) for folder in self.portals]
        members = [Member(c.build_portal(s), s) for c in components for s in [c.build_settings(home)]]
        storage = list_attributes()["storage"].read(self.storage or "")
        return build_all_portals(members, anchor_storage(storage, home), self.name)


def _load(context: dg.ComponentLoadContext, folder: str) -> HubSpotCampaigns:
    """The component of a portal.

    Raises:
        SettingsError: There is none in that folder.
    """
    component = context.load_component(folder) if (context.defs_module_path / folder).is_dir() else None
    if not isinstance(component, HubSpotCampaigns):
        raise SettingsError(
            f"portals names {folder!r:.100}, but no portal is there: name the folder below defs/ of a component "
            "campaign_assets.HubSpotCampaigns.",
            "portals",
        )
    return component
