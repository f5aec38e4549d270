"""Short messages to a chat, through a webhook that takes Slack's JSON.

The address is a secret: whoever has it can post. It stands in no error, log or repr. What is worth a message, and how
often, is decided in `defs.alerts`.
"""

import json
from base64 import b64encode
from urllib.parse import SplitResult, unquote, urlsplit

from campaign_assets.network import (
    LOOPBACK,
    Connections,
    DeadlinePassed,
    ExchangeFailed,
    Timeouts,
    WrongEnvironment,
    is_host_name,
)

SECONDS = 5.0
"""All of it takes no longer, however slowly the response comes."""
_HEADERS = {"Content-Type": "application/json", "User-Agent": "campaign-assets"}


class WebhookError(Exception):
    """A message did not arrive; says why, and not where it was sent."""


class Webhook:
    """Where messages go."""

    def __init__(self, address: str) -> None:
        """Sends nothing yet.

        Raises:
            WebhookError: It is no https address (plain http is for this machine only), or the environment's proxy or
                certificates are none.
        """
        if not is_webhook(address):
            raise WebhookError("The webhook is no https address (http only on this machine).")
        parts = urlsplit(address)
        self._query = f"?{parts.query}" if parts.query else ""
        timeout = Timeouts(connect=SECONDS, read=SECONDS, write=SECONDS, pool=SECONDS)
        headers = {**_HEADERS, **_to_credentials(parts)}
        try:
            self._connections = Connections(parts._replace(query="", fragment="").geturl(), timeout, headers=headers)
        except WrongEnvironment as error:
            raise WebhookError(str(error)) from None

    def __repr__(self) -> str:
        return "Webhook(…)"

    def post(self, text: str) -> None:
        """Sends a message, once. Of the response only the status counts; the rest is not read.

        Args:
            text: The message, in Slack's markup.

        Raises:
            WebhookError: It did not arrive within five seconds, or was refused.
        """
        content = json.dumps({"text": text}).encode("ascii")
        try:
            with self._connections.exchange("POST", self._query, seconds=SECONDS, content=content) as response:
                status = response.status
        except DeadlinePassed:
            raise WebhookError(f"The webhook did not answer within {SECONDS:.0f} seconds.") from None
        except ExchangeFailed as error:
            kind = str(error).partition(":")[0]
            raise WebhookError(f"The webhook could not be reached: {kind}.") from None
        if not 200 <= status < 300:
            raise WebhookError(f"The webhook answered {status}.")


def _to_credentials(parts: SplitResult) -> dict[str, str]:
    """The header that says what stands in front of an address's host; none where nothing does."""
    if not parts.username:
        return {}
    said = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {b64encode(said.encode()).decode('ascii')}"}


def is_webhook(address: str) -> bool:
    """Whether an address may be posted to: https, or plain http on this machine."""
    if not address.isprintable() or " " in address:  # urlsplit would leave line breaks out
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises on a port that is no number
    except ValueError:
        return False
    if not parts.hostname or not is_host_name(parts.hostname):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
