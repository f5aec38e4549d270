"""The variables of the environment that hold secrets: which of them are set, and never what they hold."""

from collections.abc import Mapping

from campaign_assets.variables import ACCESS_TOKEN, ALERT_WEBHOOK, OAUTH, SettingsError
from campaign_assets.webhook import is_webhook

ADDRESS = "an https address (http only on this machine)"
_SHORTEST_SECRET = 12
TOKEN_FIELD = "access_token"  # noqa: S105 - a field's name, not a token
CREDENTIALS = {TOKEN_FIELD: ACCESS_TOKEN, **OAUTH}
"""The variables that say who we are, by the field of the resource that each one fills."""


def find_credentials(environ: Mapping[str, str], names: Mapping[str, str] = CREDENTIALS) -> dict[str, str]:
    """The variables that say who we are: a token, or all three of OAuth, or none yet.

    Args:
        environ: What is set, by name.
        names: The name of each, by the field of the resource that it fills.

    Raises:
        SettingsError: Both kinds are set, or OAuth only in part.
    """
    token, oauth = names[TOKEN_FIELD], {field: name for field, name in names.items() if field != TOKEN_FIELD}
    has_token = bool(environ.get(token, "").strip())
    missing = [name for name in oauth.values() if not environ.get(name, "").strip()]
    present = [name for name in oauth.values() if name not in missing]
    if has_token and present:
        raise SettingsError(f"{token} and {', '.join(present)} are both set: set either a token or the three of OAuth.")
    if present and missing:
        raise SettingsError(f"{', '.join(present)} is set, but OAuth also needs {' and '.join(missing)}: set them all.")
    if has_token:
        return {TOKEN_FIELD: token}
    return {} if missing else oauth


def find_webhook(environ: Mapping[str, str]) -> str:
    """The variable that holds a webhook; empty where none is set.

    Raises:
        SettingsError: It is none. What it holds may be a secret all the same, so it is not shown.
    """
    address = environ.get(ALERT_WEBHOOK, "").strip()
    if address and not is_webhook(address):
        raise SettingsError(f"{ALERT_WEBHOOK} may hold {ADDRESS}, and holds something else.")
    return ALERT_WEBHOOK if address else ""


def list_secrets(environ: Mapping[str, str]) -> list[str]:
    """What an environment holds in the variables of secrets; a few letters may stand anywhere and are no secret."""
    texts = [environ.get(name, "").strip() for name in (ACCESS_TOKEN, *OAUTH.values(), ALERT_WEBHOOK)]
    return [text for text in texts if len(text) >= _SHORTEST_SECRET]
