"""OAuth: access tokens that are bought with a refresh token, and renewed before they expire.

How a form travels is `transport`'s business; fixed tokens are in `auth`.
Source: HubSpot's OAuth guide (`grant_type=refresh_token`; an access token lives for `expires_in` seconds).
"""

import math
import threading
from collections import deque
from typing import Any

from campaign_assets.hubspot.clock import Clock, SystemClock
from campaign_assets.hubspot.errors import (
    ApiError,
    BadRequest,
    ConfigurationError,
    Forbidden,
    InvalidResponse,
    NotFound,
    Unauthorized,
)
from campaign_assets.hubspot.models.fields import to_object
from campaign_assets.hubspot.wire.auth import Secretive, SendForm, is_token
from campaign_assets.hubspot.wire.masking import Masker
from campaign_assets.plain_text import to_line

MARGIN_SECONDS = 60.0
"""A token is renewed so long before its end: a request may wait for the rate limit before it is sent."""

_REMEMBERED = 8
"""Tokens that may still be spoken of: a response may take longer than a token lives."""
_VARIABLES = ("HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET", "HUBSPOT_REFRESH_TOKEN")
_REFUSALS = (BadRequest, Unauthorized, Forbidden, NotFound)


class OAuthAuth(Secretive):
    """A public app that is installed in the account. Safe to use from several threads and clients.

    One thread renews the token, the others wait for it and use the new one. A refresh token that HubSpot replaces
    is kept in memory.
    """

    def __init__(self, client_id: str, client_secret: str, refresh_token: str, *, clock: Clock | None = None) -> None:
        """Asks for nothing yet: the first request does.

        Args:
            client_id: The app's id.
            client_secret: The app's secret.
            refresh_token: What the installation in this account gave.
            clock: Time.

        Raises:
            ConfigurationError: One of them is empty, or holds what no secret holds.
        """
        self._client_id, self._client_secret, self._refresh_token = given = (
            client_id.strip(),
            client_secret.strip(),
            refresh_token.strip(),
        )
        missing = [name for name, value in zip(_VARIABLES, given, strict=True) if not value]
        if missing:
            raise ConfigurationError(
                f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set: "
                f"OAuth needs {', '.join(_VARIABLES[:-1])} and {_VARIABLES[-1]}."
            )
        wrong = [name for name, value in zip(_VARIABLES, given, strict=True) if not is_token(value)]
        if wrong:
            raise ConfigurationError(f"{' and '.join(wrong)}: characters that no secret has; copy from HubSpot again.")
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._header = ""
        self._renew_at = -math.inf
        self._refusal = ""
        self._bought: deque[str] = deque(maxlen=_REMEMBERED)
        self._masker = Masker(given)

    @property
    def masker(self) -> Masker:
        """Takes the app's id, its secret, and refresh and access tokens out of texts."""
        return self._masker

    def get_header(self, send_form: SendForm) -> str:
        """The value of the `Authorization` header, renewed where it expires within a minute.

        Raises:
            ConfigurationError: HubSpot refuses the app's id, its secret or the refresh token; it is not asked again.
            HubSpotError: The token endpoint cannot be reached, after retries.
        """
        with self._lock:
            if self._clock.monotonic() >= self._renew_at:
                self._renew(send_form)
            return self._header

    def expire(self, header: str) -> bool:
        """Takes note that HubSpot does not accept a header: the next `get_header` gives another one."""
        with self._lock:
            if header == self._header:
                self._renew_at = -math.inf
            return True

    def _renew(self, send_form: SendForm) -> None:
        if not self._refusal:
            asked_at = self._clock.monotonic()
            try:
                self._accept(send_form(self._form()), asked_at)
                return
            except _REFUSALS as error:
                self._refusal = self._to_refusal(error)
        # Raised here and not above, so that the response, which may repeat what was sent, does not travel along.
        raise ConfigurationError(self._refusal)

    def _form(self) -> dict[str, str]:
        return {
            "grant_type": "refresh_token",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "refresh_token": self._refresh_token,
        }

    def _accept(self, response: Any, asked_at: float) -> None:
        bought = to_object(response, "an access token")
        token, rotated, seconds = (bought.get(name) for name in ("access_token", "refresh_token", "expires_in"))
        if not isinstance(token, str) or not is_token(token):
            raise InvalidResponse("HubSpot's response to the refresh token holds no access token.")
        if isinstance(rotated, str) and rotated:
            self._bought.append(self._refresh_token)
            self._refresh_token = rotated
        self._bought.append(token)
        self._masker = Masker([self._client_id, self._client_secret, self._refresh_token, *self._bought])
        self._header = f"Bearer {token}"
        self._renew_at = asked_at + _to_lifetime(seconds)

    @staticmethod
    def _to_refusal(error: ApiError) -> str:
        reason = to_line(error.message, 200) or "no reason given"
        return (
            f"HubSpot refuses to renew the access token ({error.status}: {reason}): "
            f"check {', '.join(_VARIABLES[:-1])} and {_VARIABLES[-1]}."
        )


def _to_lifetime(seconds: Any) -> float:
    """How long a token is used; where HubSpot says nothing that makes sense, until it calls it expired."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 10**9:
        return math.inf
    return float(seconds - min(MARGIN_SECONDS, seconds / 2))
