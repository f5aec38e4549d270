"""What Dagster loads: `defs`, put together from the environment. Nothing else belongs here."""

import os

from campaign_assets.defs.building import build_definitions
from campaign_assets.settings import Settings

defs = build_definitions(Settings.from_environ(os.environ))
