"""The check `settle_days_fit`: how much days still move after their settling times, beside each table.

Asks HubSpot nothing: what the readings have shown lies in the files of `hubspot/metric_restatements`.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.checks.building import build_standing_checks, find_standing, list_checks
from campaign_assets.defs.keys import METRIC_RESTATEMENTS_KEY
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import plain_failures
from campaign_assets.settling.figures import AFTER, LITTLE, Advice, Evidence, Share, advise, measure_after
from campaign_assets.settling.rereads import read_evidence

SETTLE_DAYS_FIT = "settle_days_fit"
NEWEST_DAYS = 90
"""So many days are looked at: what HubSpot did before that may be otherwise by now."""
_SETTING = "CAMPAIGN_ASSETS_SETTLE_DAYS"


def build_settle_days_fit(portal: Portal, calendar: Calendar) -> dg.AssetsDefinition:
    """The check `settle_days_fit` of each metrics table, and of the restatements of all."""

    def settle_days_fit(
        context: dg.AssetCheckExecutionContext,
    ) -> Iterator[dg.AssetCheckEvaluation]:
        wanted = list_checks(portal, context, SETTLE_DAYS_FIT)
        standing = find_standing(context, wanted)
        yield from standing.values()
        keys = [key for key in wanted if key not in standing]
        if not keys:
            return
        tables, of_all = list(map(portal.to_table, portal.metrics)), portal.key(METRIC_RESTATEMENTS_KEY)
        with plain_failures(portal.name_variables):
            evidence = read_evidence(portal.get_store(context), NEWEST_DAYS)
        advice = advise(evidence, tables, calendar)
        for key in keys:
            if key.asset_key == of_all:
                yield _to_advice(portal, key, evidence, tables, advice, calendar)
            else:
                yield _to_result(key, portal.to_table(key.asset_key), evidence, advice, calendar)

    return build_standing_checks(
        portal,
        SETTLE_DAYS_FIT,
        settle_days_fit,
        [*portal.metrics, portal.key(METRIC_RESTATEMENTS_KEY)],
        description=f"{_SETTING} reads no day in vain, and none stops being read while it still moves.",
    )


def describe(advice: Advice, settle_days: tuple[int, ...]) -> str:
    """What the evidence says of the setting, in a few sentences."""
    sentences = []
    if advice.unsettled:
        named = ", ".join(f"{table} ({share:.1%})" for table, share in sorted(advice.unsettled.items()))
        sentences.append(f"It stops too early: after {settle_days[-1]} days these tables still move: {named}.")
    if advice.idle:
        sentences.append(
            f"It reads too often: {' and '.join(map(str, advice.idle))} days after its close a day has changed by less "
            f"than {LITTLE:.1%} in every table."
        )
    if sentences:
        return f"{' '.join(sentences)} Try {_SETTING}={','.join(map(str, advice.settle_days))}."
    return f"Nothing speaks against {_SETTING}={','.join(map(str, settle_days))}; {advice.days} days are known."


def _measure(evidence: Evidence, table: str, calendar: Calendar) -> dict[int, Share]:
    return {after: measure_after(evidence, table, after, calendar) for after in AFTER}


def _to_result(
    key: dg.AssetCheckKey, table: str, evidence: Evidence, advice: Advice, calendar: Calendar
) -> dg.AssetCheckEvaluation:
    shares = _measure(evidence, table, calendar)
    words = [f"after {after} {'day' if after == 1 else 'days'} {_to_text(share)}" for after, share in shares.items()]
    return dg.AssetCheckEvaluation(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=table not in advice.unsettled,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"How much of a day still moves: {', '.join(words)}.",
        metadata={
            f"moves_after_{after}_days": dg.MetadataValue.float(share.value)
            for after, share in shares.items()
            if share.value is not None
        }
        | {"days_known": max(share.days for share in shares.values())},
    )


def _to_advice(
    portal: Portal, key: dg.AssetCheckKey, evidence: Evidence, tables: Sequence[str], advice: Advice, calendar: Calendar
) -> dg.AssetCheckEvaluation:
    records = [
        dg.TableRecord(
            {"table": table}
            | {f"after {after} days": _to_text(share) for after, share in _measure(evidence, table, calendar).items()}
        )
        for table in tables
    ]
    return dg.AssetCheckEvaluation(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=advice.fits,
        severity=dg.AssetCheckSeverity.WARN,
        description=portal.name_variables(describe(advice, calendar.settle_days)),
        metadata={
            "still_moves": dg.MetadataValue.table(records),
            "settle_days": ",".join(map(str, calendar.settle_days)),
            "suggested_settle_days": ",".join(map(str, advice.settle_days)),
            "days_known": advice.days,
        },
    )


def _to_text(share: Share) -> str:
    return "unknown" if share.value is None else f"{share.value:.2%}"
