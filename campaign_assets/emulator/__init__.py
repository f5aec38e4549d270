"""A HubSpot portal on this machine: Marketing Campaigns over real HTTP, with seeded data, limits and failures.

It follows HubSpot's documentation and recorded responses, and shares no code with the rest of the package, so that the
two cannot agree on the same mistake.
"""

from campaign_assets.emulator.options import DEFAULT_TOKEN, OAuthApp, PortalOptions, TokenGrant
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer

__all__ = ["DEFAULT_TOKEN", "EmulatorServer", "OAuthApp", "Portal", "PortalOptions", "TokenGrant"]
