"""Who we are to HubSpot: the value of the `Authorization` header.

Secrets live in these objects only, and show in no repr and no error.
"""

from typing import Protocol

from campaign_assets.hubspot.errors import ConfigurationError


class Auth(Protocol):
    """Gives the header that says who we are."""

    def get_header(self) -> str:
        """The value of the `Authorization` header."""


class TokenAuth:
    """A private app's token or a service key: one fixed string."""

    def __init__(self, token: str) -> None:
        """Takes the token.

        Raises:
            ConfigurationError: It is empty, or holds what no token holds.
        """
        token = token.strip()
        if not token:
            raise ConfigurationError(
                "HUBSPOT_ACCESS_TOKEN is not set: set it to the token of a HubSpot private app "
                "with the scope marketing.campaigns.read."
            )
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise ConfigurationError(
                "HUBSPOT_ACCESS_TOKEN holds characters that no token has: copy it from HubSpot again."
            )
        self._header = f"Bearer {token}"

    def __repr__(self) -> str:
        return "TokenAuth(…)"

    def get_header(self) -> str:
        """The value of the `Authorization` header."""
        return self._header
