"""Is all ready, for those who live in the UI: a job that reads no table.

The command line asks the same functions: `inspection` for account and storage, `instance.readiness` for the instance.
"""

from collections.abc import Mapping

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.instance.readiness import check_instance
from campaign_assets.defs.portal import Portal
from campaign_assets.hubspot import RetryPolicy
from campaign_assets.inspection.account_check import check_account
from campaign_assets.inspection.findings import is_ready
from campaign_assets.inspection.storage_check import check_storage
from campaign_assets.settings import Settings

CHECK_READINESS = "check_readiness"


def build_readiness_job(
    portal: Portal, settings: Settings, calendar: Calendar, automation: Mapping[str, bool]
) -> dg.JobDefinition:
    """The job `check_readiness`, which fails where anything is not ready.

    Args:
        portal: Whose account, storage and pool.
        settings: What the environment says.
        calendar: The days of the account, and the present time.
        automation: The schedules and sensors by name, and whether each is on by default.
    """

    @dg.op(
        name=portal.to_name("check"),
        description="Five requests at most, and one file that it removes.",
        required_resource_keys={portal.hubspot, portal.tables},
    )
    def check(context: dg.OpExecutionContext) -> None:
        hubspot = portal.get_hubspot(context)
        findings = [
            *check_account(settings, lambda: hubspot.open_client(RetryPolicy(attempts=1)), calendar.now()),
            *check_storage(portal.get_store(context)),
            *check_instance(context.instance, portal, automation),
        ]
        for finding in findings:
            (context.log.error if finding.passed is False else context.log.info)(portal.name_variables(str(finding)))
        text = "\n".join(f"- {finding}" for finding in findings)
        shown = {"findings": dg.MetadataValue.md(portal.name_variables(text))}
        if not is_ready(findings):
            reasons = "\n".join(str(finding) for finding in findings if finding.passed is False)
            raise dg.Failure(portal.name_variables(reasons), metadata=shown, allow_retries=False)
        context.add_output_metadata(shown)

    @dg.job(
        name=portal.to_name(CHECK_READINESS),
        tags=portal.tags,
        executor_def=dg.in_process_executor,
        description="Says whether all is ready: account, storage and instance, and what to do where one is not: token, "
        "time zone, scopes, limits, version, storage, pool, schedule and sensors. Changes nothing.",
    )
    def check_readiness() -> None:
        check()

    return check_readiness
