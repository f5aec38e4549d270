"""The component `campaign_assets.HubSpotCampaigns`: one HubSpot account, added to any Dagster project in YAML.

Its attributes are the settings of the environment under other names, taken by the same parsers. It reads nothing of the
environment but what its YAML names, and of secrets not even that: a run does.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import dagster as dg
from dagster.components.utils.translation import TranslationFn, TranslationFnResolver
from pydantic import BaseModel, ConfigDict, Field

from campaign_assets.defs.building import build_definitions
from campaign_assets.defs.component.attributes import (
    list_attributes,
    locate,
    secret,
    setting,
    to_attribute,
    to_text,
)
from campaign_assets.defs.component.scaffolding import HubSpotCampaignsScaffolder
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.translator import HubSpotCampaignsTranslator, TranslatorData
from campaign_assets.secret_variables import CREDENTIALS, find_credentials
from campaign_assets.settings import ALERT_WEBHOOK, Settings, SettingsError, Variable, list_variables

Text = str | None
Secret = dg.EnvVar | None
Number = int | str | None
Texts = Sequence[str] | str | None
Numbers = Sequence[int] | int | str | None
_SECRETS = {**CREDENTIALS, "alert_webhook": ALERT_WEBHOOK}
_TEXTS, _NUMBERS = list[str] | str, list[int] | int | str


@dg.scaffold_with(HubSpotCampaignsScaffolder)
class HubSpotCampaigns(dg.Component, dg.Resolvable, dg.Model):
    """HubSpot's marketing campaigns, their assets and their daily metrics as typed Parquet tables.

    One instance is one HubSpot account, a portal. Several stand beside each other, each with a name of its own, which
    is part of all their names in Dagster.
    """

    # A text where a variable should stand is refused, and may be a secret: no error shows what was given.
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)

    portal: Annotated[str, setting("portal")]
    access_token: Annotated[Secret, secret("The token of a HubSpot private app, or a service key.")] = None
    client_id: Annotated[Secret, secret("Instead of a token: the client id of an OAuth app.")] = None
    client_secret: Annotated[Secret, secret("Instead of a token: the client secret of an OAuth app.")] = None
    refresh_token: Annotated[Secret, secret("Instead of a token: the refresh token of the account.")] = None
    key_prefix: Annotated[Texts, setting("key_prefix", _TEXTS)] = None
    storage: Annotated[Text, setting("storage")] = None
    start_date: Annotated[Text, setting("start_date")] = None
    time_zone: Annotated[Text, setting("time_zone")] = None
    settle_days: Annotated[Numbers, setting("settle_days", _NUMBERS)] = None
    history_days: Annotated[Number, setting("history_days", int | str)] = None
    asset_types: Annotated[Texts, setting("asset_types", _TEXTS)] = None
    properties: Annotated[Texts, setting("properties", _TEXTS)] = None
    report_windows: Annotated[Texts, setting("report_windows", _TEXTS)] = None
    revenue_models: Annotated[Texts, setting("revenue_models", _TEXTS)] = None
    daily_reports: Annotated[Texts, setting("daily_reports", _TEXTS)] = None
    live_margin_days: Annotated[Number, setting("live_margin_days", int | str)] = None
    contact_types: Annotated[Texts, setting("contact_types", _TEXTS)] = None
    base_url: Annotated[Text, setting("hubspot_base_url")] = None
    api_version: Annotated[Text, setting("hubspot_api_version")] = None
    rate_limit: Annotated[Number, setting("hubspot_rate_limit", int | str)] = None
    rate_reserve: Annotated[Number, setting("hubspot_rate_reserve", int | str)] = None
    max_in_flight: Annotated[Number, setting("hubspot_max_in_flight", int | str)] = None
    daily_reserve: Annotated[Number, setting("hubspot_daily_reserve", int | str)] = None
    alert_webhook: Annotated[Secret, secret("A Slack-compatible webhook for alerts.")] = None
    ui_url: Annotated[Text, setting("ui_url")] = None
    automation: bool | None = Field(
        default=None,
        description="Whether all schedules and sensors are on from the start, or none; left out: those that only look "
        "at the tables are on, and those that read from HubSpot wait to be switched on in the UI.",
    )
    translation: Annotated[
        TranslationFn[TranslatorData] | None,
        TranslationFnResolver[TranslatorData](
            lambda data: {"data": data, "portal": data.portal, "table": data.table},
        ),
    ] = Field(default=None, description="Key, group, owners, tags, kinds and more of each asset.")

    @classmethod
    def get_spec(cls) -> dg.ComponentTypeSpec:
        """What lists of components show."""
        return dg.ComponentTypeSpec(
            description="HubSpot campaigns, campaign assets and daily metrics as typed Parquet tables.",
            tags=["hubspot", "marketing", "parquet"],
        )

    @classmethod
    def resolve_from_model(cls, context: dg.ResolutionContext, model: BaseModel) -> "HubSpotCampaigns":
        """The component of some attributes.

        Raises:
            ResolutionException: An attribute holds something that it may not hold, with its line.
        """
        component: HubSpotCampaigns = super().resolve_from_model(context, model)
        try:
            component.build_settings("")
        except SettingsError as error:
            raise locate(context.at_path(error.variable) if error.variable else context, str(error)) from None
        return component

    def get_asset_spec(self, data: TranslatorData) -> dg.AssetSpec:
        """The asset as Dagster is to show it, for a subclass to override.

        Args:
            data: The asset.
        """
        return self.translation(data.spec, data) if self.translation else data.spec

    def build_settings(self, home: str, now: datetime | None = None) -> Settings:
        """The settings of this portal.

        Args:
            home: The folder below which a relative storage lies; the present one where empty.
            now: The present time with its time zone; the clock's where None.

        Raises:
            SettingsError: An attribute holds something that it may not hold, or they do not go together.
        """
        declared = list_attributes()
        values = {name: self._read(name, variable) for name, variable in declared.items()}
        if not values["portal"]:
            raise SettingsError(f"portal is empty, but may hold {declared['portal'].allowed}.", "portal")
        fields = {field: field for field in CREDENTIALS}
        given = {field: self._name_secret(field) for field in fields}
        credentials = {field: given[field] for field in find_credentials(given, fields)}
        if not credentials:
            raise SettingsError(
                "access_token is missing: name the variable of the environment that holds the token, as "
                "{{ env.HUBSPOT_ACCESS_TOKEN }}, or the three of OAuth."
            )
        values |= {"credentials": credentials, "alert_webhook": self._name_secret("alert_webhook")}
        return Settings.combine(declared, values, home, now)

    def _read(self, name: str, variable: Variable) -> Any:
        given = getattr(self, to_attribute(name))
        return variable.read("" if given is None else to_text(given, variable))

    def build_portal(self, settings: Settings) -> Portal:
        """What the portal's things are called.

        Args:
            settings: Its settings.
        """
        return Portal.from_settings(settings, _Translator(self), self.automation, self._name_variables())

    def _name_variables(self) -> dict[str, str]:
        """What every setting is called here: a secret by the variable that holds it, all else by its attribute."""
        names = {variable.name: to_attribute(setting) for setting, variable in list_variables().items()}
        secrets = {plain: self._name_secret(field) or field for field, plain in _SECRETS.items()}
        return {**names, **secrets}

    def _name_secret(self, field: str) -> str:
        """The variable that holds a secret; empty where none is given."""
        variable: dg.EnvVar | None = getattr(self, field)
        return variable.env_var_name if variable else ""

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Everything of the portal.

        Args:
            context: Of the project, below which a relative storage lies.
        """
        return self.build_definitions(str(context.project_root))

    def build_definitions(self, home: str = "") -> dg.Definitions:
        """The same in plain Python, to be merged with the rest of a project; it keeps its own executor.

        Args:
            home: The folder below which a relative storage lies; the present one where empty.

        Raises:
            SettingsError: An attribute holds something that it may not hold, or they do not go together.
        """
        settings = self.build_settings(home)
        return build_definitions(settings, self.build_portal(settings), executor=None)


class _Translator(HubSpotCampaignsTranslator):
    """Asks the component."""

    def __init__(self, component: HubSpotCampaigns) -> None:
        self._component = component

    def get_asset_spec(self, data: TranslatorData) -> dg.AssetSpec:
        return self._component.get_asset_spec(data)
