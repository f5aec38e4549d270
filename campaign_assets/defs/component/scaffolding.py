"""What `dg scaffold defs` writes: a component with the attributes that everybody sets."""

import re

import dagster as dg
from dagster.components.component_scaffolding import scaffold_component

_TYPE = "campaign_assets.HubSpotCampaigns"


class HubSpotCampaignsScaffolder(dg.Scaffolder):
    """Writes a portal named after its folder."""

    def scaffold(self, request: dg.ScaffoldRequest) -> None:
        """Writes `defs.yaml`, or `component.py` where Python is asked for.

        Args:
            request: Where, and what the component is called.
        """
        portal = _to_portal(request.target_path.name)
        token = f"{portal.upper()}_HUBSPOT_TOKEN"
        attributes = {
            "portal": portal,
            "access_token": f"{{{{ env.{token} }}}}",
            "time_zone": "UTC",
            "start_date": "2025-01-01",
            "storage": "data",
        }
        scaffold_component(request, attributes)
        if request.scaffold_format == "yaml" and not request.append:
            with (request.target_path / "defs.yaml").open("a", encoding="utf-8") as file:
                file.write(f"\nrequirements:\n  env:\n    - {token}\n")


def _to_portal(folder: str) -> str:
    """A folder's name as one of a portal."""
    name = re.sub(r"[^a-z0-9_]+", "_", folder.lower()).strip("_")
    return name if name[:1].isalpha() else f"portal_{name}"


class AllPortalsScaffolder(dg.Scaffolder):
    """Names the portals that lie beside it."""

    def scaffold(self, request: dg.ScaffoldRequest) -> None:
        """Writes `defs.yaml`, or `component.py` where Python is asked for.

        Args:
            request: Where, and what the component is called.
        """
        files = sorted(request.target_path.parent.glob("*/defs.yaml"))
        portals = [file.parent.name for file in files if _TYPE in file.read_text(encoding="utf-8", errors="replace")]
        scaffold_component(request, {"portals": portals, "storage": "data"})
