"""What Dagster plans: a check of a range is one for all of its days, and is noted so.

Dagster notes each check of a run once for every day of its range, each time with all days in it.
"""

from typing import Any

from campaign_assets.defs.dagster_core import AssetCheckEvaluationPlanned


def plan_once(event: Any) -> Any:
    """The event of a check, a planned one without the days of its run."""
    planned = event.dagster_event.event_specific_data
    if not isinstance(planned, AssetCheckEvaluationPlanned):
        return event
    once = AssetCheckEvaluationPlanned(asset_key=planned.asset_key, check_name=planned.check_name)
    return event._replace(dagster_event=event.dagster_event._replace(event_specific_data=once))
