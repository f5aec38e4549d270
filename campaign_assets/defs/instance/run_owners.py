"""Whose a run is: the instance holds those of all portals, and of everybody else."""

import dagster as dg

from campaign_assets.defs.keys import NAMED_TAG, PORTAL_TAG
from campaign_assets.defs.portal import Portal


def is_run_of(portal: Portal, run: dg.DagsterRun, repository: dg.RepositoryDefinition | None) -> bool:
    """Whether a run is a portal's business: it materializes or checks an asset of its, or is of one of its jobs.

    A portal without a name looks after all runs of its code location that are not another portal's alone.

    Args:
        portal: The portal.
        run: The run.
        repository: The code location, which knows what the assets of a run are; None where nobody does.
    """
    keys = {*(run.asset_selection or ()), *(check.asset_key for check in run.asset_check_selection or ())}
    if portal.name:
        return run.tags.get(PORTAL_TAG) == portal.name or any(map(portal.owns, keys))
    of_others = {key for key in keys if _is_named(key, repository)}
    return keys != of_others if keys else PORTAL_TAG not in run.tags


def _is_named(key: dg.AssetKey, repository: dg.RepositoryDefinition | None) -> bool:
    """Whether an asset is of a portal that has a name."""
    graph = repository.asset_graph if repository else None
    return bool(graph and graph.has(key) and NAMED_TAG in graph.get(key).tags)
