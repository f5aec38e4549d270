"""Where the API is: the one check of its address, for the settings and for the client alike."""

from urllib.parse import urlsplit

from campaign_assets.network import LOOPBACK, is_host_name

BASE_URL = "https://api.hubapi.com"


def to_base_url(text: str) -> str:
    """The address of an API as it is used: https, or plain http on this machine only; no slash at its end.

    Raises:
        ValueError: It is no such address; its text is a hint, and may be empty.
    """
    if not text.isprintable() or " " in text:  # urlsplit would leave line breaks out, and judge another address
        raise ValueError("")
    parts = urlsplit(text)
    if parts.username or parts.password:
        raise ValueError("credentials do not belong in the address")
    if not parts.hostname or parts.query or parts.fragment:
        raise ValueError("")
    _ = parts.port  # raises on a port that is no number
    if not is_host_name(parts.hostname):
        raise ValueError("no host can have that name")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("a token must not cross a network in the clear")
    return text.rstrip("/")
