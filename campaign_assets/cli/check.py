"""`campaign-assets check`: is all ready? What is looked at is in `inspection` and `defs.instance.readiness`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from campaign_assets.cli.dagster_home import HOME, build_quietly, opened_instance
from campaign_assets.days import read_clock
from campaign_assets.defs.instance.readiness import check_instance, list_automation
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import build_hubspot_resource
from campaign_assets.hubspot import RetryPolicy
from campaign_assets.inspection.account_check import check_account
from campaign_assets.inspection.findings import Finding, is_ready
from campaign_assets.inspection.storage_check import check_storage
from campaign_assets.settings import Settings, SettingsError
from campaign_assets.tables import TableStore


@click.command(epilog="Example: campaign-assets check --json | jq '.[] | select(.passed == false)'")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Says whether account, storage and Dagster instance are ready, and what to do where one is not.

    Asks HubSpot five questions at most and changes nothing there. ✓ is ready, ✗ is not, – cannot be said or does not
    matter. The exit status is 1 where anything is not ready.
    """
    environ: Mapping[str, str] = context.obj
    try:
        settings = Settings.from_environ(environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    hubspot = build_hubspot_resource(settings, environ)
    findings = [
        *check_account(settings, lambda: hubspot.open_client(RetryPolicy(attempts=1)), read_clock()),
        *check_storage(TableStore(settings.storage)),
        *_check_home(environ, settings),
    ]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(str, findings)))
    if not is_ready(findings):
        context.exit(1)


def _check_home(environ: Mapping[str, str], settings: Settings) -> list[Finding]:
    home = environ.get(HOME, "").strip()
    if not home:
        return [Finding(HOME, False, "not set: it is the folder in which Dagster remembers runs and what is due.")]
    if not Path(home).is_dir():
        return [Finding(HOME, False, f"{home!r:.200} is no folder: make it, with dagster.yaml in it.")]
    definitions = build_quietly(settings)
    automation = list_automation([*(definitions.schedules or ()), *(definitions.sensors or ())])
    try:
        with opened_instance(Path(home).absolute(), HOME) as instance:
            found = check_instance(instance, Portal.from_settings(settings), automation)
    except click.ClickException as error:
        return [Finding(HOME, False, error.message)]
    return [Finding(HOME, True, f"{home}."), *found]
