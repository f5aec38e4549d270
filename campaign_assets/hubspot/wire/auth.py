"""Who we are to HubSpot: the value of the `Authorization` header.

Secrets live in these objects only, and show in no repr, no error, no log and no pickle. Tokens that are bought with
a refresh token are in `oauth`.
"""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol

from campaign_assets.hubspot.errors import ConfigurationError
from campaign_assets.hubspot.wire.masking import Masker

SendForm = Callable[[Mapping[str, str]], Any]
"""Sends a form to the API's token endpoint and returns the JSON of its response."""


LONGEST_TOKEN = 8_000
"""Characters of a token at most: servers take no longer header."""


class Auth(Protocol):
    """Gives the header that says who we are. Safe to use from several threads."""

    def get_header(self, send_form: SendForm) -> str:
        """The value of the `Authorization` header.

        Args:
            send_form: How a new token can be asked for, where one is needed.

        Raises:
            HubSpotError: No header can be had.
        """

    def expire(self, header: str) -> bool:
        """Takes note that HubSpot does not accept a header; whether asking for another one makes sense."""

    @property
    def masker(self) -> Masker:
        """Takes every secret that was sent out of texts that came back."""


class Secretive:
    """Holds secrets: has no telling repr, and cannot be written to a pickle."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets and is not written anywhere.")


class TokenAuth(Secretive):
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
        if not is_token(token):
            raise ConfigurationError(
                f"HUBSPOT_ACCESS_TOKEN holds characters that no token has, or more than {LONGEST_TOKEN:,}: "
                "copy it from HubSpot again."
            )
        self._header = f"Bearer {token}"
        self._masker = Masker([token])

    @property
    def masker(self) -> Masker:
        """Takes the token out of texts."""
        return self._masker

    def get_header(self, send_form: SendForm) -> str:
        """The value of the `Authorization` header; always the same."""
        return self._header

    def expire(self, header: str) -> bool:
        """Whether there is another header: there never is."""
        return False


def is_token(text: str) -> bool:
    """Whether a text can stand in a header as a token."""
    return 0 < len(text) <= LONGEST_TOKEN and text.isascii() and text.isprintable() and not set(text) & set(" '\"")
