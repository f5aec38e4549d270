"""The asset checks of the tables: name, meaning, severity, and which of them hold downstream automation back.

What a check looks at is in `quality`; when it runs is in `inspection` (with the run that writes the rows), `checks` and
`audit` (on their own).

A check that blocks does so for downstream automation only. Dagster fails the whole run where a blocking check yields a
failed result, so a failure is reported as an evaluation that says it does not block: the run goes on and ends well,
the check shows as an error, and `all_deps_blocking_checks_passed` is not true before a later run mends it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import dagster as dg

from campaign_assets.defs.portal import Portal
from campaign_assets.quality import verdicts
from campaign_assets.quality.verdicts import Verdict, list_rules

RECIPE = "To have it as a column, add it to campaign_assets/catalog/asset_types.py: tables, assets and checks follow."


@dataclass(frozen=True, slots=True)
class Check:
    """A check that several tables share.

    Attributes:
        description: What is true when it passes.
        blocks: Whether downstream automation waits until it passes.
        severity: How bad a failure is.
    """

    description: str
    blocks: bool = False
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR


WARN = dg.AssetCheckSeverity.WARN
_NOTHING_LOST = Check(
    "What the last run left could be read, so that nothing is lost which HubSpot does not tell again: deleted "
    "campaigns, their rows, what has joined or left a campaign, and what later readings of a day have changed.",
    severity=WARN,
)
METRICS_CHECKS: Mapping[str, Check] = {
    verdicts.KEY_UNIQUE: Check("No two rows of a day have the same campaign and asset.", blocks=True),
    verdicts.COUNTS_NOT_NEGATIVE: Check("No count and no level is below zero.", blocks=True),
    verdicts.CAMPAIGNS_KNOWN: Check("Every campaign_id stands in hubspot/campaigns.", blocks=True),
    verdicts.RATIOS_IN_RANGE: Check("Ratios are from 0 to 100, whichever scale HubSpot uses.", severity=WARN),
    verdicts.ROW_COUNT_USUAL: Check(
        "A day has at least half and at most double the rows of the median of the 28 days before it.", severity=WARN
    ),
    verdicts.COLUMNS_DOCUMENTED: Check("The files have the documented columns, and no others."),
    verdicts.OTHER_METRICS_EMPTY: Check(
        f"HubSpot sent no metric that has no column, and no number that does not fit its column. {RECIPE}",
        severity=WARN,
    ),
    verdicts.VALUES_READABLE: Check(
        "Every metric is a number that a column holds exactly; the text of any other is kept in other_metrics_text.",
        severity=WARN,
    ),
    verdicts.ASSETS_ANSWERED: Check(
        "HubSpot answered every asset that is tied to a campaign, with the numbers that were known of it, and alike "
        "where it came twice. Rows of one that it left out, or answered without numbers, stay as they were.",
        severity=WARN,
    ),
    verdicts.NOTHING_LOST: _NOTHING_LOST,
}
CAMPAIGNS_CHECKS: Mapping[str, Check] = {
    "key_unique": Check("No two rows have the same campaign_id."),
    "rows_equal_total": Check(
        "There are as many campaigns as HubSpot's search says, the deleted ones aside.", severity=WARN
    ),
    verdicts.ROW_COUNT_USUAL: Check(
        "At least half of the campaigns that existed at the reading before still exist.", severity=WARN
    ),
    "values_readable": Check(
        "Every value is of its column's type; one that is not is null there and kept in extra_properties.",
        severity=WARN,
    ),
    "properties_answered": Check(
        "HubSpot has every property that is asked for, some campaign has a value of each that was there before or is "
        "of the settings, and each campaign came with its name. One that came without stays as it was.",
        severity=WARN,
    ),
    "time_zone_is_the_accounts": Check(
        "CAMPAIGN_ASSETS_TIMEZONE keeps the same time as the HubSpot account: in another one, days would be read "
        "before they are over, or late."
    ),
    verdicts.NOTHING_LOST: _NOTHING_LOST,
}
CAMPAIGN_ASSETS_CHECKS: Mapping[str, Check] = {
    "key_unique": Check("No two rows have the same campaign, asset type and asset."),
    "campaigns_known": Check("Every campaign_id stands in hubspot/campaigns."),
    "types_answered": Check(
        "HubSpot lists the assets of every type. Of one that it refuses, what was known before stays."
    ),
    "campaigns_answered": Check(
        "HubSpot answers every campaign that hubspot/campaigns holds as existing. Of one that it refuses, what was "
        "known before stays; one that was deleted meanwhile has no assets any more.",
        severity=WARN,
    ),
    verdicts.ROW_COUNT_USUAL: Check(
        "Of every type there are at least half as many assets as at the reading before.", severity=WARN
    ),
    "asset_types_known": Check(f"The catalog knows every asset type. {RECIPE}", severity=WARN),
    verdicts.NOTHING_LOST: _NOTHING_LOST,
}


def build_metrics_specs(portal: Portal) -> list[dg.AssetCheckSpec]:
    """The checks of all metrics tables that the run which writes them yields."""
    return [
        spec
        for asset_type in portal.asset_types
        for spec in _build_specs(portal, portal.metrics_keys[asset_type.name], METRICS_CHECKS, list_rules(asset_type))
    ]


def build_campaigns_specs(portal: Portal) -> list[dg.AssetCheckSpec]:
    """The checks of `hubspot/campaigns`."""
    return _build_specs(portal, portal.campaigns_key, CAMPAIGNS_CHECKS, CAMPAIGNS_CHECKS)


def build_campaign_assets_specs(portal: Portal) -> list[dg.AssetCheckSpec]:
    """The checks of `hubspot/campaign_assets`."""
    return _build_specs(portal, portal.campaign_assets_key, CAMPAIGN_ASSETS_CHECKS, CAMPAIGN_ASSETS_CHECKS)


def to_evaluation(
    key: dg.AssetCheckKey,
    check: Check,
    *,
    passed: bool,
    description: str,
    metadata: Mapping[str, dg.MetadataValue] | None = None,
) -> dg.AssetCheckEvaluation:
    """The result of a check, which never fails the run that yields it, and costs one event where a result costs two."""
    return dg.AssetCheckEvaluation(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=passed,
        metadata=metadata or {},
        severity=check.severity,
        description=description,
        blocking=False,
    )


def to_metrics_evaluation(key: dg.AssetCheckKey, verdict: Verdict) -> dg.AssetCheckEvaluation:
    """What a rule of the metrics found over the days of a run."""
    return to_days_evaluation(key, METRICS_CHECKS[key.name], verdict)


def to_days_evaluation(key: dg.AssetCheckKey, check: Check, verdict: Verdict) -> dg.AssetCheckEvaluation:
    """What a rule found over the days of a run."""
    days = f"{verdict.days:,} {'day' if verdict.days == 1 else 'days'}"
    metadata: dict[str, dg.MetadataValue] = {"days": dg.MetadataValue.int(verdict.days)}
    if not verdict.bad_days:
        return to_evaluation(key, check, passed=True, description=f"{days}.", metadata=metadata)
    metadata |= {
        "problems": dg.MetadataValue.int(verdict.problems),
        "days_with_problems": dg.MetadataValue.int(verdict.bad_days),
        "first_day": dg.MetadataValue.text(str(verdict.first)),
        "last_day": dg.MetadataValue.text(str(verdict.last)),
        "examples": dg.MetadataValue.json(verdict.examples),
    }
    description = f"{verdict.problems:,} on {verdict.bad_days:,} of {days}: {'; '.join(verdict.examples)}"
    return to_evaluation(key, check, passed=False, description=description, metadata=metadata)


def _build_specs(
    portal: Portal, key: dg.AssetKey, checks: Mapping[str, Check], names: Iterable[str]
) -> list[dg.AssetCheckSpec]:
    said = {name: portal.name_variables(check.description) for name, check in checks.items()}
    return [dg.AssetCheckSpec(name, asset=key, description=said[name], blocking=checks[name].blocks) for name in names]
