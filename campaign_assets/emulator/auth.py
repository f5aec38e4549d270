"""Who may do what: private-app tokens, OAuth apps and their access tokens.

Belongs here: tokens, their apps and scopes. Not here: how many requests an app may make (`rate_limit`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign_assets.emulator.clock import PortalClock
from campaign_assets.emulator.errors import ApiError, expired_credentials, missing_scopes, no_credentials
from campaign_assets.emulator.hashing import stable_int
from campaign_assets.emulator.options import OAuthApp, TokenGrant


@dataclass(frozen=True)
class Caller:
    """An app that made a request: its identity, what it may do, and whether it came by OAuth."""

    app: str
    scopes: frozenset[str]
    is_oauth: bool = False

    def require(self, scopes: Iterable[str]) -> None:
        """Check that the app has any one of the scopes.

        Raises:
            ApiError: 403 with category MISSING_SCOPES.
        """
        wanted = tuple(scopes)
        if wanted and not self.scopes.intersection(wanted):
            raise missing_scopes(wanted)


@dataclass(frozen=True)
class _AccessToken:
    caller: Caller
    expires_at: datetime


class Authenticator:
    """Knows every token of a portal.

    Args:
        tokens: Private-app tokens.
        apps: Public apps.
        clock: Access tokens expire on this clock.
        seed: Makes the access tokens repeatable.
    """

    def __init__(self, tokens: Iterable[TokenGrant], apps: Iterable[OAuthApp], clock: PortalClock, seed: int) -> None:
        self._private = {grant.token: Caller(grant.token, grant.scopes) for grant in tokens}
        self._apps = {app.client_id: app for app in apps}
        self._access: dict[str, _AccessToken] = {}
        self._clock = clock
        self._seed = seed

    def identify(self, headers: Mapping[str, str]) -> Caller:
        """Tell who asks by the Authorization header.

        Raises:
            ApiError: 401 with category INVALID_AUTHENTICATION or EXPIRED_AUTHENTICATION.
        """
        kind, _, token = headers.get("authorization", "").partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token:
            raise no_credentials()
        if token in self._private:
            return self._private[token]
        access = self._access.get(token)
        if access is None:
            raise no_credentials()
        now = self._clock.now()
        if now >= access.expires_at:
            raise expired_credentials(access.expires_at, int((now - access.expires_at).total_seconds()))
        return access.caller

    def refresh(self, form: Mapping[str, str]) -> dict[str, object]:
        """Sell an access token for a refresh token, as HubSpot's token endpoint does.

        Raises:
            ApiError: 400, in the token endpoint's own manner, where anything is wrong.
        """
        if form.get("grant_type") != "refresh_token":
            raise _token_error("BAD_GRANT_TYPE", "unsupported_grant_type", "missing or unknown grant type")
        app = self._apps.get(form.get("client_id", ""))
        if app is None:
            raise _token_error("BAD_CLIENT_ID", "invalid_client", "missing or unknown client id")
        if form.get("client_secret") != app.client_secret:
            raise _token_error("BAD_CLIENT_SECRET", "invalid_client", "missing or invalid client secret")
        if form.get("refresh_token") != app.refresh_token:
            raise _token_error("BAD_REFRESH_TOKEN", "invalid_grant", "missing or invalid refresh token")
        token = f"CN{stable_int(self._seed, app.client_id, len(self._access)):020d}oauth"
        self._access[token] = _AccessToken(
            Caller(app.client_id, app.scopes, is_oauth=True),
            self._clock.now() + timedelta(seconds=app.expires_in),
        )
        return {
            "token_type": "bearer",
            "refresh_token": app.refresh_token,
            "access_token": token,
            "expires_in": app.expires_in,
        }

    def expire_access_tokens(self) -> None:
        """Let every access token expire now, as if its time had passed."""
        now = self._clock.now()
        self._access = {token: _AccessToken(access.caller, now) for token, access in self._access.items()}


def _token_error(status: str, error: str, message: str) -> ApiError:
    """Refuse in the token endpoint's manner: `status` names the reason, and OAuth's own fields repeat it."""
    return ApiError(400, message, status=status, error=error, error_description=message)
