"""HTTP connections to one host: bounded in time and size, and so that no response answers for another.

They are opened as the machine's environment says; no cookie is kept, no redirect followed, and no address logged. Not
here: what is asked, retries, limits, or anything of HubSpot's.
"""

from campaign_assets.network.addresses import LOOPBACK, is_host_name, is_loopback
from campaign_assets.network.bodies import BodyTooLarge, UnknownEncoding, read_body
from campaign_assets.network.connections import Connections, ExchangeFailed, Response, Timeouts
from campaign_assets.network.deadline import Deadline, DeadlinePassed
from campaign_assets.network.environment import WrongEnvironment

__all__ = [
    "BodyTooLarge",
    "Connections",
    "Deadline",
    "DeadlinePassed",
    "ExchangeFailed",
    "LOOPBACK",
    "Response",
    "Timeouts",
    "UnknownEncoding",
    "WrongEnvironment",
    "is_host_name",
    "is_loopback",
    "read_body",
]
