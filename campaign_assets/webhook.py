"""Short messages to a chat, through a webhook that takes Slack's JSON.

The address is a secret: whoever has it can post. It stands in no error, log or repr. What is worth a message, and how
often, is decided in `defs.alerts`.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx

from campaign_assets.hubspot import LOOPBACK

SECONDS = 5.0


class WebhookError(Exception):
    """A message did not arrive; says why, and not where it was sent."""


class Webhook:
    """Where messages go."""

    def __init__(self, address: str) -> None:
        """Sends nothing yet.

        Raises:
            WebhookError: It is no https address; plain http is for this machine only.
        """
        if not is_webhook(address):
            raise WebhookError("The webhook is no https address (http only on this machine).")
        self._address = address

    def __repr__(self) -> str:
        return "Webhook(…)"

    def post(self, text: str) -> None:
        """Sends a message, once.

        Args:
            text: The message, in Slack's markup.

        Raises:
            WebhookError: It did not arrive within five seconds, or was refused.
        """
        try:
            with _unlogged():
                response = httpx.post(self._address, json={"text": text}, timeout=SECONDS, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WebhookError(f"The webhook could not be reached: {type(error).__name__}.") from None
        if not response.is_success:
            raise WebhookError(f"The webhook answered {response.status_code}.")


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keeps this thread's requests out of httpx's log, which names their addresses."""
    thread, log = threading.get_ident(), logging.getLogger("httpx")

    def is_anothers(record: logging.LogRecord) -> bool:
        return record.thread != thread

    log.addFilter(is_anothers)
    try:
        yield
    finally:
        log.removeFilter(is_anothers)


def is_webhook(address: str) -> bool:
    """Whether an address may be posted to: https, or plain http on this machine."""
    if not address.isprintable() or " " in address:  # urlsplit would leave line breaks out
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises on a port that is no number
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
