"""The fsspec drivers of storages that are no folder of this machine: which extra brings one along."""

from collections.abc import Mapping

import fsspec

EXTRAS: Mapping[str, str] = {
    **dict.fromkeys(("s3", "s3a"), "s3"),
    **dict.fromkeys(("gs", "gcs"), "gcs"),
    **dict.fromkeys(("az", "abfs", "abfss"), "azure"),
}
"""Kinds of addresses whose drivers are extras of this package, and those that have been tried with it."""


def check_driver(kind: str) -> None:
    """Finds the driver of a kind of addresses.

    Args:
        kind: What an address begins with, such as s3.

    Raises:
        ValueError: There is none, or it is not installed or cannot be loaded; its text says what to do.
    """
    try:
        fsspec.get_filesystem_class(kind)
    except (ImportError, ValueError) as error:
        if kind in EXTRAS:
            raise ValueError(
                f"the driver of {kind}:// cannot be loaded: pip install 'campaign_assets[{EXTRAS[kind]}]'"
            ) from None
        raise ValueError(" ".join(str(error).split()).rstrip(".")) from None
