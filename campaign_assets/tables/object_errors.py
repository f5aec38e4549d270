"""What the driver of an object storage raises: what it means, what it costs, and what a person can do about it.

Every driver has errors of its own, few of which are OSErrors. They are told apart by what all of them have in some way:
the status of a response, the storage's own code for it, and the name of their class. Their texts are never shown, since
they may hold addresses that are signed, names of keys, or whatever a proxy says.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error means.

    Attributes:
        says: What is wrong, as a half sentence.
        remedy: What to do, as a half sentence.
        again: Whether another try may succeed.
        stops: Whether every other object would meet it too.
    """

    says: str
    remedy: str
    again: bool = False
    stops: bool = False


_LATER = "run again later"
MISSING = Meaning("it is not there", "write it first")
NO_CREDENTIALS = Meaning(
    "no credentials were found", "give them in the way that the storage's driver looks for", stops=True
)
BAD_CREDENTIALS = Meaning(
    "the credentials are not accepted", "renew or correct them, and see that this machine's clock is right", stops=True
)
NO_BUCKET = Meaning("there is no such bucket", "make it, or correct CAMPAIGN_ASSETS_STORAGE", stops=True)
WRONG_REGION = Meaning("the bucket lies in another region", "set AWS_DEFAULT_REGION to the bucket's", stops=True)
NO_RIGHT = Meaning(
    "the credentials do not allow it", "let them list the bucket, and read, write and delete the objects below the root"
)
THROTTLED = Meaning("the storage asked for fewer requests at every try", _LATER, again=True)
FAILED = Meaning("the storage failed at every try", _LATER, again=True)
UNREACHABLE = Meaning(
    "the storage cannot be reached", "see to the network, and to the endpoint if one is set", again=True, stops=True
)
INTERRUPTED = Meaning("the connection was lost or silent at every try", _LATER, again=True)
DAMAGED = Meaning(
    "its bytes are not what their checksum says, at every try",
    "run again later; where it stays so, remove it",
    again=True,
)
BAD_NAME = Meaning("the storage takes no such name", "correct CAMPAIGN_ASSETS_STORAGE", stops=True)
REFUSED = Meaning("the storage refuses the request", "see what its code means")
NO_LISTING = Meaning("what came is no listing", "see what stands between here and the storage", stops=True)
EMPTY = Meaning("it has no bytes", "write it again")
UNKNOWN = Meaning("the storage's driver failed", "see whether another version of it does better")

_CODES: Mapping[str, Meaning] = {
    **dict.fromkeys(("NoSuchBucket", "InvalidBucketName", "ContainerNotFound", "InvalidResourceName"), NO_BUCKET),
    **dict.fromkeys(("PermanentRedirect", "AuthorizationHeaderMalformed", "TemporaryRedirect"), WRONG_REGION),
    **dict.fromkeys(
        (
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "InvalidToken",
            "TokenRefreshRequired",
            "RequestTimeTooSkewed",
            "AuthenticationFailed",
            "InvalidAuthenticationInfo",
        ),
        BAD_CREDENTIALS,
    ),
    **dict.fromkeys(("SlowDown", "ServerBusy", "TooManyRequests", "RequestLimitExceeded", "Throttling"), THROTTLED),
    "RequestTimeout": INTERRUPTED,
}
"""What storages call an error, where that says more than its status."""
_STATUSES: Mapping[int, Meaning] = {
    301: WRONG_REGION,
    401: BAD_CREDENTIALS,
    403: NO_RIGHT,
    404: MISSING,
    408: INTERRUPTED,
    416: EMPTY,
    429: THROTTLED,
    503: THROTTLED,
}
_CLASSES: tuple[tuple[frozenset[str], Meaning], ...] = (
    (
        frozenset(
            (
                "NoCredentialsError",
                "PartialCredentialsError",
                "CredentialRetrievalError",
                "ProfileNotFound",
                "SSOError",
                "TokenRetrievalError",
                "DefaultCredentialsError",
                "CredentialUnavailableError",
                "LoginError",
            )
        ),
        NO_CREDENTIALS,
    ),
    (frozenset(("RefreshError", "ClientAuthenticationError")), BAD_CREDENTIALS),
    (
        frozenset(
            (
                "ClientConnectorError",
                "ConnectTimeoutError",
                "ConnectionTimeoutError",
                "ProxyConnectionError",
                "SSLError",
                "ConnectionRefusedError",
                "gaierror",
                "ServiceRequestError",
            )
        ),
        UNREACHABLE,
    ),
    (frozenset(("FlexibleChecksumError", "ChecksumError", "ChecksumMismatch")), DAMAGED),
    (frozenset(("ParamValidationError",)), BAD_NAME),
    (
        frozenset(
            (
                "ConnectionError",
                "ClientConnectionError",
                "ClientPayloadError",
                "HTTPClientError",
                "TimeoutError",
                "IncompleteRead",
                "IncompleteReadError",
                "ServiceResponseError",
                "ResponseParserError",
                "TransportError",
                "FileExpired",
            )
        ),
        INTERRUPTED,
    ),
    (frozenset(("FileNotFoundError",)), MISSING),
    (frozenset(("PermissionError",)), NO_RIGHT),
)
"""What the classes of drivers are called, the first that fits; those above a class count as well."""
_RESPONSES = frozenset(("HttpError", "HttpResponseError", "ClientResponseError"))
"""Classes of drivers that tell of a response, besides AWS's, which keep it whole."""
_CODE = re.compile(r"[A-Za-z]\w{1,60}")
_LONGEST_CHAIN = 8
_NOT_FOUND = 404
_SERVER_FAILED = range(500, 600)


def explain(error: BaseException) -> tuple[Meaning, str]:
    """What an error means, and what the storage or its driver calls it, such as `403 AccessDenied`.

    Args:
        error: What a driver raised.
    """
    chain = list(_walk(error))
    status = next((status for status in map(_find_status, chain) if status), None)
    code = next(filter(None, map(_find_code, chain)), "")
    name = " ".join(filter(None, (str(status or ""), code))) or type(error).__name__
    meaning = _find_meaning(chain, status, code)
    # Only where the error itself says so: a driver may have met what is not there on its way to another error.
    if meaning is MISSING and not isinstance(error, FileNotFoundError) and _find_status(error) != _NOT_FOUND:
        return UNKNOWN, name
    return meaning, name


def _find_meaning(chain: list[BaseException], status: int | None, code: str) -> Meaning:
    if code in _CODES:
        return _CODES[code]
    if status is not None:
        if status in _STATUSES:
            return _STATUSES[status]
        return FAILED if status in _SERVER_FAILED else REFUSED
    classes = {kind.__name__ for each in chain for kind in type(each).__mro__}
    for names, meaning in _CLASSES:
        if names & classes:
            return meaning
    # What Google's driver says of a 403 is a plain OSError.
    return NO_RIGHT if str(chain[0]).startswith("Forbidden") else UNKNOWN


def _walk(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it."""
    found: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def _find_status(error: BaseException) -> int | None:
    """The status of the response that an error is about, as one driver or another keeps it."""
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):
        return _to_status(dict(response.get("ResponseMetadata") or {}).get("HTTPStatusCode"))
    if not _RESPONSES & {kind.__name__ for kind in type(error).__mro__}:
        return None  # what else has a code is not about a response of the storage's
    values = (_to_status(getattr(error, name, 0)) for name in ("status_code", "status", "code"))
    return next((value for value in values if value is not None), None)


def _to_status(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) == 3 else None


def _find_code(error: BaseException) -> str:
    """The storage's own word for an error; empty where there is none."""
    response = getattr(error, "response", None)
    details = response.get("Error") if isinstance(response, Mapping) else None
    code = details.get("Code") if isinstance(details, Mapping) else getattr(error, "error_code", None)
    text = str(getattr(code, "value", code))
    return text if code and _CODE.fullmatch(text) else ""
