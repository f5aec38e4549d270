"""What the machine's environment says of the way out: a proxy, and whose certificates count.

The variables are the operating system's, not ours: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`,
`SSL_CERT_FILE` and `SSL_CERT_DIR`. Their values may hold passwords, and stand in no error.
"""

import os
import ssl
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import httpcore

from campaign_assets.network.addresses import to_ascii_host

_SCHEMES = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_FORM = "an address such as http://proxy.example.com:3128"


class WrongEnvironment(ValueError):
    """A variable holds what cannot be meant; the message is one sentence that names it."""


def find_proxy(url: str) -> httpcore.Proxy | None:
    """The proxy that stands between us and an address; None where there is none.

    Raises:
        WrongEnvironment: It is no proxy's address.
    """
    parts, proxies = urlsplit(url), getproxies()
    name = next((name for name in (parts.scheme, "all") if proxies.get(name)), None)
    if name is None or proxy_bypass(f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""):
        return None
    text, variable = proxies[name], f"{name.upper()}_PROXY"
    try:
        return _to_proxy(urlsplit(text if "://" in text else f"http://{text}"))
    except ValueError as error:
        hint = str(error) if isinstance(error, WrongEnvironment) else f"is no {_FORM.removeprefix('an ')}"
    raise WrongEnvironment(f"The environment's {variable} {hint}.")


def _to_proxy(parts: SplitResult) -> httpcore.Proxy:
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError
    if parts.scheme.startswith("socks") and find_spec("socksio") is None:
        raise WrongEnvironment("names a SOCKS proxy, which takes the package socksio")
    host, port = to_ascii_host(parts.hostname), parts.port or _SCHEMES[parts.scheme]
    auth = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username else None
    return httpcore.Proxy(
        httpcore.URL(scheme=parts.scheme.encode("ascii"), host=host, port=port, target=b"/"),
        auth=auth and (auth[0].encode(), auth[1].encode()),
        ssl_context=make_tls_context() if parts.scheme == "https" else None,
    )


def make_tls_context() -> ssl.SSLContext:
    """Verifies certificates and names, by the certificates of certifi or those that the environment names.

    Raises:
        WrongEnvironment: It names none.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file:
        return _trust("SSL_CERT_FILE", "a file of certificates", cafile=file)
    if folder:
        if not Path(folder).is_dir():
            raise WrongEnvironment("The environment's SSL_CERT_DIR is no folder.")
        return _trust("SSL_CERT_DIR", "a folder of certificates", capath=folder)
    return ssl.create_default_context(cafile=certifi.where())


def _trust(variable: str, kind: str, cafile: str | None = None, capath: str | None = None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=cafile, capath=capath)
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        reason = "there is none" if isinstance(error, FileNotFoundError) else "it cannot be read as such"
    raise WrongEnvironment(f"The environment's {variable} should name {kind}, and {reason}.")
