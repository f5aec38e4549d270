"""The component in YAML: what it takes, what it refuses and on which line, and what it never reads or shows."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster.components.core.component_tree import ComponentTreeException
from dagster.components.resolved.errors import ResolutionException
from dagster.components.testing import create_defs_folder_sandbox

from campaign_assets import AllPortals, HubSpotCampaigns, TranslatorData
from campaign_assets.defs.building import build_definitions
from campaign_assets.defs.component.attributes import to_attribute
from campaign_assets.secret_variables import CREDENTIALS
from campaign_assets.settings import Settings
from campaign_assets_tests.conftest import Serve

TOKEN = "pat-na1-1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901"
YAML = """\
portal: acme
access_token: '{{ env.ACME_TOKEN }}'
key_prefix: [crm, acme]
asset_types: [blog_post, form]
start_date: 2025-03-01
time_zone: Europe/Berlin
storage: /srv/tables
settle_days: [0, 2]
report_windows: []
daily_reports: revenue
automation: true
"""


def load(text: str = YAML) -> HubSpotCampaigns:
    component: HubSpotCampaigns = HubSpotCampaigns.resolve_from_yaml(text)
    return component


def build(component: HubSpotCampaigns) -> dg.Definitions:
    settings = component.build_settings("")
    return build_definitions(settings, component.build_portal(settings))


def test_the_attributes_are_what_the_variables_of_the_environment_are() -> None:
    environ = {
        "CAMPAIGN_ASSETS_PORTAL": "acme",
        "HUBSPOT_ACCESS_TOKEN": TOKEN,
        "CAMPAIGN_ASSETS_KEY_PREFIX": "crm/acme",
        "CAMPAIGN_ASSETS_TYPES": "blog_post,form",
        "CAMPAIGN_ASSETS_START_DATE": "2025-03-01",
        "CAMPAIGN_ASSETS_TIMEZONE": "Europe/Berlin",
        "CAMPAIGN_ASSETS_STORAGE": "/srv/tables",
        "CAMPAIGN_ASSETS_SETTLE_DAYS": "0,2",
        "CAMPAIGN_ASSETS_REPORT_WINDOWS": "none",
        "CAMPAIGN_ASSETS_DAILY_REPORTS": "revenue",
    }
    settings = load().build_settings("")
    assert settings.credentials == {"access_token": "ACME_TOKEN"}
    expected = Settings.from_environ(environ)
    names = [field.name for field in fields(Settings) if field.name != "credentials"]
    assert {n: getattr(settings, n) for n in names} == {n: getattr(expected, n) for n in names}


def test_every_setting_has_an_attribute() -> None:
    of_settings = {to_attribute(field.name) for field in fields(Settings)} - {"credentials"}
    own = {"automation", "translation", *CREDENTIALS}
    assert set(HubSpotCampaigns.model().model_fields) == of_settings | own


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("time_zone: Europe/Berln", "time_zone is 'Europe/Berln', but may hold .*did you mean Europe/Berlin"),
        ("start_date: 2090-01-01", "start_date is '2090-01-01', but may hold .*today is"),
        ("asset_types: [blog_pst]", "asset_types is 'blog_pst', but may hold .*did you mean blog_post"),
        ("asset_types: []", "asset_types is 'none', but may hold all, or asset types"),
        ("settle_days: [2, 1]", "settle_days is '2,1', but may hold rising whole numbers"),
        ("rate_limit: 0", "rate_limit is '0', but may hold a whole number from 1 to 10000"),
        ("storage: nosuch://bucket", "storage is 'nosuch://bucket', but may hold a folder"),
        ("key_prefix: [hubspot]", "hubspot is where tables without a prefix lie"),
        ("time_zone: ''", "time_zone is empty, but may hold a time zone's name"),
        ("time_zone: '{{ env.NO_SUCH_ZONE }}'", "time_zone is {{ env.NO_SUCH_ZONE }}, of which nothing is set"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_what_may_stand_there(line: str, sentence: str) -> None:
    with pytest.raises(ResolutionException, match=sentence.replace("{{", r"\{\{").replace("}}", r"\}\}")) as raised:
        load(f"portal: acme\naccess_token: '{{{{ env.ACME_TOKEN }}}}'\n{line}")
    assert str(raised.value).startswith("<string>:3 - ") and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("portal: acme", "access_token is missing: name the variable of the environment"),
        ("portal: ''\naccess_token: '{{ env.A }}'", "portal is empty, but may hold a short name"),
        ("portal: acme\naccess_token: '{{ env.A }}'\nclient_id: '{{ env.B }}'", "set either a token or the three"),
        ("portal: acme\nclient_id: '{{ env.B }}'", "OAuth also needs client_secret and refresh_token"),
    ],
)
def test_attributes_that_do_not_go_together_are_told_so(text: str, sentence: str) -> None:
    with pytest.raises(ResolutionException, match=sentence):
        load(text)


@pytest.mark.parametrize(
    "attribute",
    ["access_token", "client_id", "client_secret", "refresh_token", "alert_webhook", "storage", "ui_url", "properties"],
)
def test_a_secret_in_the_file_is_refused_and_not_shown(attribute: str) -> None:
    with pytest.raises(ResolutionException) as raised:
        load(f"portal: acme\n{attribute}: {TOKEN}")
    assert str(raised.value).startswith(f"<string>:2 - {attribute}: {attribute} may hold")
    assert "secret" in str(raised.value)
    assert TOKEN[8:] not in str(raised.value)


@pytest.mark.parametrize("given", ["99887766554433", "[99887766554433]", "{token: '99887766554433'}"])
def test_a_secret_that_is_no_text_is_not_shown_either(given: str) -> None:
    with pytest.raises(ResolutionException, match="access_token may hold a variable of the environment") as raised:
        load(f"portal: acme\naccess_token: {given}")
    assert "99887766554433" not in str(raised.value)


def test_a_secret_is_known_by_the_name_of_its_variable_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_TOKEN", TOKEN)
    component = load(YAML + "alert_webhook: \"{{ env('ACME_HOOK') }}\"\n")
    resources = build(component).resources or {}
    assert TOKEN not in repr(component) + repr(resources)
    assert (resources["acme_hubspot"].access_token, resources["acme_alerts"].webhook) == (
        dg.EnvVar("ACME_TOKEN"),
        dg.EnvVar("ACME_HOOK"),
    )


@pytest.mark.parametrize("attribute", ["access_token", "client_secret", "refresh_token", "alert_webhook"])
def test_a_secret_as_text_is_refused_in_python_too_and_not_shown(attribute: str) -> None:
    given: dict[str, Any] = {"portal": "acme", attribute: TOKEN}
    with pytest.raises(ValueError, match="EnvVar") as raised:
        HubSpotCampaigns(**given)
    assert attribute in str(raised.value) and TOKEN[8:] not in str(raised.value)


def test_nothing_of_the_environment_is_read_but_what_the_file_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_ASSETS_HISTORY_DAYS", "7")
    monkeypatch.setenv("HUBSPOT_CLIENT_ID", "id")
    monkeypatch.setenv("ACME_ZONE", "America/New_York")
    settings = load(YAML.replace("Europe/Berlin", "'{{ env.ACME_ZONE }}'")).build_settings("")
    assert (settings.history_days, settings.time_zone) == (365, "America/New_York")


def test_assets_are_translated_in_yaml() -> None:
    translation = """
translation:
  key: "raw/{{ portal }}/{{ table | replace('/', '_') }}"
  group_name: crm
  owners: [team:crm]
  tags: {domain: marketing}
  kinds: [hubspot]
"""
    graph = build(load(YAML + translation)).resolve_asset_graph()
    node = graph.get(dg.AssetKey(["raw", "acme", "hubspot_asset_metrics_form"]))
    assert node.parent_keys == {dg.AssetKey(["raw", "acme", "hubspot_campaign_assets"])}
    assert (node.group_name, node.owners, node.kinds) == ("crm", ["team:crm"], {"hubspot"})
    assert node.tags["domain"] == "marketing" and node.tags["campaign_assets/portal"] == "acme"


def test_a_template_that_leaves_a_part_of_a_key_empty_is_refused() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="the key '/hubspot/campaigns', part of which is empty"):
        build(load(YAML + "translation: {key: '{{ no_such_variable }}/{{ table }}'}"))


class Own(HubSpotCampaigns):
    """As a user overrides the translation in Python."""

    def get_asset_spec(self, data: TranslatorData) -> dg.AssetSpec:
        """Assets of the team."""
        return super().get_asset_spec(data).replace_attributes(owners=["team:growth"])


def test_assets_are_translated_by_a_subclass() -> None:
    component: Own = Own.resolve_from_yaml(YAML)
    graph = build(component).resolve_asset_graph()
    assert graph.get(dg.AssetKey(["crm", "acme", "hubspot", "campaigns"])).owners == ["team:growth"]


def test_all_portals_are_those_whose_folders_are_named(tmp_path: Path) -> None:
    attributes = {"start_date": "2025-03-01", "storage": str(tmp_path)}
    with create_defs_folder_sandbox() as sandbox:
        for name in ("acme", "globex"):
            of_portal = {**attributes, "portal": name, "access_token": f"{{{{ env.{name.upper()}_TOKEN }}}}"}
            contents = {"type": "campaign_assets.HubSpotCampaigns", "attributes": of_portal}
            sandbox.scaffold_component(HubSpotCampaigns, f"{name}_crm", defs_yaml_contents=contents)
        sandbox.scaffold_component(AllPortals, "everything")
        with sandbox.build_all_defs() as definitions:
            graph = definitions.resolve_asset_graph()
            jobs = definitions.get_repository_def().job_names
    parents = graph.get(dg.AssetKey(["all_portals", "marts", "campaigns_duckdb"])).parent_keys
    assert parents == {dg.AssetKey([name, "marts", "campaign_summary"]) for name in ("acme", "globex")}
    assert {"acme_refresh_everything", "globex_refresh_everything", "all_portals_answers_job"} <= set(jobs)


@pytest.mark.parametrize(
    ("portals", "sentence"),
    [
        ([], "portals is empty: name the folders"),
        (["nobody"], "portals names 'nobody', but no portal is there"),
        (["acme_crm", "acme_crm"], "each is named once"),
    ],
)
def test_folders_without_a_portal_are_named(portals: list[str], sentence: str) -> None:
    attributes = {"portal": "acme", "access_token": "{{ env.ACME_TOKEN }}"}
    contents = {"type": "campaign_assets.HubSpotCampaigns", "attributes": attributes}
    of_all = {"type": "campaign_assets.AllPortals", "attributes": {"portals": portals}}
    with create_defs_folder_sandbox() as sandbox:
        sandbox.scaffold_component(HubSpotCampaigns, "acme_crm", defs_yaml_contents=contents)
        sandbox.scaffold_component(AllPortals, "everything", defs_yaml_contents=of_all)
        with pytest.raises(ComponentTreeException) as raised, sandbox.build_all_defs():
            pass
    assert sentence in str(raised.value.__cause__)


def test_the_project_keeps_its_own_executor_and_io_manager() -> None:
    with create_defs_folder_sandbox() as sandbox:
        attributes = {"portal": "acme", "access_token": "{{ env.ACME_TOKEN }}"}
        contents = {"type": "campaign_assets.HubSpotCampaigns", "attributes": attributes}
        sandbox.scaffold_component(HubSpotCampaigns, "acme", defs_yaml_contents=contents)
        with sandbox.build_all_defs() as definitions:
            repository = definitions.get_repository_def()
            assert "io_manager" not in (definitions.resources or {}) and definitions.executor is None
    assert repository.get_job("acme_refresh_everything").executor_def is dg.in_process_executor


def test_what_is_to_be_done_names_what_the_file_names(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_TOKEN", TOKEN)  # which this account refuses
    server = serve()
    component = load(
        f"portal: acme\naccess_token: '{{{{ env.ACME_TOKEN }}}}'\nbase_url: {server.url}\nstorage: {tmp_path}"
    )
    definitions = build(component)
    with dg.DagsterInstance.ephemeral() as instance:
        job = definitions.resolve_job_def("acme_refresh_campaigns")
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    (failed,) = [event for event in result.all_events if event.is_step_failure][:1]
    said = failed.step_failure_data.user_failure_data
    assert said and "Set ACME_TOKEN (with OAuth: refresh_token)" in (said.description or "")
    told = [
        spec
        for asset in definitions.assets or ()
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.check_specs
    ]
    assert not [spec.description for spec in told if "CAMPAIGN_ASSETS_" in (spec.description or "")]
    assert any("time_zone keeps the same time" in (spec.description or "") for spec in told)
