"""What version 2026-09 of the API adds: the account's own asset types, and copies of campaigns.

Source: HubSpot's API reference, 2026-09-beta.
"""

from collections.abc import Mapping, Sequence

from campaign_assets.hubspot.endpoints.arguments import check_text, list_texts
from campaign_assets.hubspot.endpoints.campaign_fields import LONGEST_TEXT
from campaign_assets.hubspot.endpoints.endpoint import Endpoint
from campaign_assets.hubspot.errors import InvalidRequest
from campaign_assets.hubspot.models.clones import Clone, to_asset_types, to_clone
from campaign_assets.hubspot.wire.request import Request

FIRST_VERSION = "2026-09-beta"
_PARTS = ("DraftNodes", "Edges", "StickyNotes", "Tasks", "TrackingUrls")
"""What a copy may take along besides assets."""


class ClonesEndpoint(Endpoint):
    """Names asset types and copies campaigns. Versions before 2026-09 have none of it."""

    def list_asset_types(self) -> tuple[str, ...]:
        """The asset types that the account has. Retried after every failure that may pass.

        Raises:
            InvalidRequest: The version that is spoken has no such endpoint; nothing was sent.
            HubSpotError: The last failure, after retries.
        """
        self._check_version()
        return self._call(Request("asset_types", "GET", f"{self._paths.campaigns}/asset-types"), to_asset_types)

    def list_cloneable_types(self) -> tuple[str, ...]:
        """The asset types that a copy of a campaign can take along. Retried after every failure that may pass.

        Raises:
            InvalidRequest: The version that is spoken has no such endpoint; nothing was sent.
            HubSpotError: The last failure, after retries.
        """
        self._check_version()
        path = f"{self._paths.campaigns}/clone/asset-types"
        return self._call(Request("cloneable_asset_types", "GET", path), to_asset_types)

    def create(
        self,
        campaign_id: str,
        name: str,
        *,
        assets: Mapping[str, Sequence[str]] | None = None,
        with_parts: bool = True,
    ) -> Clone:
        """Copies a campaign; its assets follow in HubSpot's own time. Takes the write scope.

        Not idempotent: sent again only where HubSpot surely did nothing.

        Args:
            campaign_id: The campaign to copy.
            name: The name of the copy, unique in the account.
            assets: Ids of the assets to copy, by type; none where None.
            with_parts: Whether tasks, notes, tracking addresses, edges and drafts are copied too.

        Raises:
            InvalidRequest: An argument is not as HubSpot takes it, or the version has no such endpoint.
            NotFound: There is no such campaign.
            HubSpotError: The last failure.
        """
        self._check_version()
        body = {
            "sourceCampaignGuid": check_text("campaign_id", campaign_id),
            "name": check_text("name", name, LONGEST_TEXT),
            "assetsToClone": {t: list(list_texts(t, ids)) for t, ids in (assets or {}).items()},
            **{f"shouldClone{part}": with_parts for part in _PARTS},
        }
        if not name.strip():
            raise InvalidRequest("name is empty, but a campaign needs a name.")
        path = f"{self._paths.campaign(campaign_id)}/clone"
        return self._call(Request("clone", "POST", path, body=body, idempotent=False), to_clone)

    def get_status(self, campaign_id: str) -> Clone:
        """How far the copying of a new campaign is. Retried after every failure that may pass.

        Args:
            campaign_id: The new campaign, as `create` returned it.

        Raises:
            InvalidRequest: The version that is spoken has no such endpoint; nothing was sent.
            HubSpotError: The last failure, after retries.
        """
        self._check_version()
        return self._call(Request("clone_status", "GET", self._paths.clone_status(campaign_id)), to_clone)

    def _check_version(self) -> None:
        version = self._paths.version
        if version == "v3" or version < FIRST_VERSION:
            raise InvalidRequest(
                f"Version {version} of the API has no such endpoint: 2026-09-beta is the first one that does "
                "(HUBSPOT_API_VERSION)."
            )
