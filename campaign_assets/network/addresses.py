"""Addresses: which are on this machine, and which can be asked for at all."""

from urllib.parse import quote, urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""This machine, where plain http is no risk."""


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    return urlsplit(url).hostname in LOOPBACK


def is_host_name(host: str) -> bool:
    """Whether a name can be looked up: each of its labels is there, and no longer than a label may be."""
    try:
        return bool(to_ascii_host(host))
    except UnicodeError:
        return False


def to_ascii_host(host: str) -> bytes:
    """A host's name as it goes over the wire.

    Raises:
        UnicodeError: No name can be so.
    """
    # A dot at the end says that the name is whole; the labels are those before it.
    return host.encode("ascii") if ":" in host else host.removesuffix(".").encode("idna")


def to_ascii_target(target: str) -> bytes:
    """A path, and a query where there is one, as they go over the wire; what is encoded already stays as it is."""
    whole = target if target.startswith("/") else f"/{target}"
    return quote(whole, safe="/?%:@!$&'()*+,;=~-._").encode("ascii")
