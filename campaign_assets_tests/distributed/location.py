"""What the code server and the workers of the proof load."""

import os

from campaign_assets_tests.distributed.two_portals import build

defs = build(os.environ)
