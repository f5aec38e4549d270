"""`campaign-assets check`: is all ready? What is looked at is in `inspection` and `defs.instance.readiness`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import click

from campaign_assets.cli.dagster_home import HOME, build_quietly, opened_instance
from campaign_assets.days import read_clock
from campaign_assets.hubspot import ApiError, HubSpotError, RetryPolicy
from campaign_assets.inspection.account_check import check_account
from campaign_assets.inspection.deep_check import probe_account
from campaign_assets.inspection.findings import Finding, is_ready
from campaign_assets.inspection.probes.answers import Answer
from campaign_assets.inspection.storage_check import check_storage
from campaign_assets.settings import ACCESS_TOKEN, Settings, SettingsError
from campaign_assets.tables import TableStore

_ONCE = RetryPolicy(attempts=1)


@click.command(epilog="Example: campaign-assets check --json | jq '.[] | select(.passed == false)'")
@click.option("--deep", is_flag=True, help="Instead: find out on the account what HubSpot's documentation leaves open.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")
@click.pass_context
def check(context: click.Context, deep: bool, as_json: bool) -> None:
    """Says whether account, storage and Dagster instance are ready, and what to do where one is not.

    Asks HubSpot five questions at most and changes nothing there. ✓ is ready, ✗ is not, – cannot be said or does not
    matter. The exit status is 1 where anything is not ready.

    With --deep it asks 50 questions at most, each a reading, and says beside what the product assumes what the account
    does: whether endDate counts, whether days add up, what a batch leaves out and so on. ✓ is what the product is right
    with, ✗ is what it is not, – could not be told. No name and no id is in it, so that it can be shown to anybody.
    """
    environ: Mapping[str, str] = context.obj
    try:
        settings = Settings.from_environ(environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    show = _show_answers if deep else _show_findings
    if not show(settings, environ, as_json):
        context.exit(1)


def _show_findings(settings: Settings, environ: Mapping[str, str], as_json: bool) -> bool:
    from campaign_assets.defs.resources import build_hubspot_resource  # it imports Dagster

    hubspot = build_hubspot_resource(settings, environ)
    findings = [
        *check_account(settings, lambda: hubspot.open_client(_ONCE), read_clock()),
        *_check_storage(environ, TableStore(settings.storage)),
        *_check_home(environ, settings),
    ]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(str, findings)))
    return is_ready(findings)


def _show_answers(settings: Settings, environ: Mapping[str, str], as_json: bool) -> bool:
    from campaign_assets.defs.resources import build_hubspot_resource  # it imports Dagster

    if not settings.credentials:
        raise click.ClickException(f"{ACCESS_TOKEN} is not set: set it to the token of the account that is looked at.")
    answers, calendar = list[Answer](), settings.build_calendar()
    try:
        with build_hubspot_resource(settings, environ).open_client(_ONCE) as client:
            for answer in probe_account(client, TableStore(settings.storage), calendar):
                answers.append(answer)
                if not as_json:
                    click.echo(str(answer))
            requests = client.counter.requests
    except HubSpotError as error:
        # HubSpot's own sentence may name the account, and this is shown to others.
        text = f"HubSpot answered {error.status}. {error.advice}" if isinstance(error, ApiError) else str(error)
        raise click.ClickException(text.strip()) from None
    told = {
        "campaign_assets": version("campaign_assets"),
        "api_version": settings.hubspot_api_version,
        "day": str(calendar.to_day(calendar.now())),
        "requests": requests,
    }
    if as_json:
        found = [{**asdict(answer.unknown), "fits": answer.fits, "found": answer.found} for answer in answers]
        click.echo(json.dumps({**told, "answers": found}, indent=2, ensure_ascii=False))
    else:
        click.echo(", ".join(f"{name} {value}" for name, value in told.items()))
    return all(answer.fits is not False for answer in answers)


def _check_storage(environ: Mapping[str, str], store: TableStore) -> list[Finding]:
    """Tries the storage, but makes no folder below a DAGSTER_HOME that is not there: it would be taken for one."""
    home = Path(environ.get(HOME, "").strip())
    if store.local_root and not home.is_dir() and store.local_root.is_relative_to(home):
        return [Finding("storage", None, f"{store.root} was not tried: it lies below {HOME}, which is not there.")]
    return check_storage(store)


def _check_home(environ: Mapping[str, str], settings: Settings) -> list[Finding]:
    home = environ.get(HOME, "").strip()
    if not home:
        return [Finding(HOME, False, "not set: set it to the folder in which Dagster remembers runs and what is due.")]
    if not Path(home).is_absolute():
        return [Finding(HOME, False, f"{home!r:.200} is no absolute path, which Dagster refuses: set the whole path.")]
    if not Path(home).is_dir():
        return [Finding(HOME, False, f"{home!r:.200} is no folder: make it, with dagster.yaml in it.")]
    from campaign_assets.defs.instance.readiness import check_instance, list_automation
    from campaign_assets.defs.portal import Portal

    definitions = build_quietly(settings)
    automation = list_automation([*(definitions.schedules or ()), *(definitions.sensors or ())])
    try:
        with opened_instance(Path(home).absolute(), HOME) as instance:
            found = check_instance(instance, Portal.from_settings(settings), automation)
    except click.ClickException as error:
        return [Finding(HOME, False, error.message)]
    return [Finding(HOME, True, f"{home}."), *found]
