"""A portal: one HubSpot account in Dagster, and what its assets, jobs, sensors, resources and pool are called there.

Portals stand side by side, in a code location and in an instance. Whatever a portal asks the instance about runs,
events and cursors it asks by these names, so that it takes nothing of another's for its own. A portal without a name
has the plain names of `keys`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, cast

import dagster as dg

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.defs.keys import (
    ALL_KEYS,
    CAMPAIGN_ASSETS_KEY,
    CAMPAIGNS_KEY,
    DAILY_REPORTS_KEYS,
    METRICS_KEYS,
    NAMED_TAG,
    PLACE,
    PORTAL_TAG,
)
from campaign_assets.defs.keys import POOL as _POOL
from campaign_assets.defs.resources import HubSpotResource, TablesResource
from campaign_assets.defs.translator import HubSpotCampaignsTranslator, TranslatorData
from campaign_assets.settings import Settings
from campaign_assets.tables import TableSchema, TableStore

_IO_MANAGER = "dagster/io_manager_key"
_VARIABLE = re.compile(r"\b(?:HUBSPOT|CAMPAIGN_ASSETS)_[A-Z_]+\b")


class HasResources(Protocol):
    """The context of a step, or of a sensor."""

    @property
    def resources(self) -> Any:
        """By their keys."""


@dataclass(frozen=True)
class Portal:
    """One HubSpot account among the definitions of a code location.

    Attributes:
        name: Stands before the names of jobs, sensors and the like; empty for the only portal.
        key_prefix: Stands before the keys of the assets.
        asset_types: The types whose daily metrics are read.
        translator: How its assets look in Dagster.
        automation: Whether schedules and sensors are on where nobody has said anything in the UI; None for each as it
            is by default.
        variables: What the settings are called here instead of the variables of `settings`, such as the attributes in
            YAML.
    """

    name: str = ""
    key_prefix: tuple[str, ...] = ()
    asset_types: tuple[AssetType, ...] = METRIC_ASSET_TYPES
    translator: HubSpotCampaignsTranslator = field(default_factory=HubSpotCampaignsTranslator)
    automation: bool | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        translator: HubSpotCampaignsTranslator | None = None,
        automation: bool | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> "Portal":
        """The portal that some settings name.

        Args:
            settings: The settings.
            translator: How its assets look in Dagster; as they are where None.
            automation: Whether schedules and sensors are on where nobody has said anything in the UI.
            variables: What the settings are called; as the variables are where None.
        """
        translator = translator or HubSpotCampaignsTranslator()
        return cls(
            settings.portal, settings.key_prefix, settings.list_asset_types(), translator, automation, variables or {}
        )

    def to_name(self, name: str) -> str:
        """What something is called here: a job, a sensor, an op, a group, a resource.

        Args:
            name: What it is called where the portal has no name.
        """
        return f"{self.name}_{name}" if self.name else name

    @property
    def pool(self) -> str:
        """The pool of all that talks to this account: two accounts have two rate limits."""
        return self.to_name(_POOL)

    @property
    def hubspot(self) -> str:
        """The key of the resource of the account."""
        return self.to_name("hubspot")

    @property
    def tables(self) -> str:
        """The key of the resource of the tables."""
        return self.to_name("tables")

    @property
    def io_manager(self) -> str:
        """The key of the I/O manager, by which others load the tables."""
        return self.to_name("io_manager")

    @property
    def alerts(self) -> str:
        """The key of the resource that says where alerts go."""
        return self.to_name("alerts")

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags of its jobs, and so of their runs; none where it has no name."""
        return {PORTAL_TAG: self.name} if self.name else {}

    def to_sensor_status(self, by_default: bool) -> dg.DefaultSensorStatus:
        """Whether a sensor is on before anybody says anything in the UI.

        Args:
            by_default: Whether it is where `automation` is None.
        """
        is_on = by_default if self.automation is None else self.automation
        return dg.DefaultSensorStatus.RUNNING if is_on else dg.DefaultSensorStatus.STOPPED

    def to_schedule_status(self, by_default: bool) -> dg.DefaultScheduleStatus:
        """The same of a schedule."""
        return dg.DefaultScheduleStatus(self.to_sensor_status(by_default).value)

    def name_variables(self, text: str) -> str:
        """A sentence that says what to set, as it has to be set here.

        Args:
            text: The sentence, which names the variables of `settings`.
        """
        return _VARIABLE.sub(lambda found: self.variables.get(found[0], found[0]), text)

    def get_hubspot(self, context: HasResources) -> HubSpotResource:
        """The account, where the resource `hubspot` is required."""
        return cast("HubSpotResource", getattr(context.resources, self.hubspot))

    def get_store(self, context: HasResources) -> TableStore:
        """The tables, where the resource `tables` is required."""
        return cast("TablesResource", getattr(context.resources, self.tables)).store

    def key(self, asset: dg.AssetKey | TableSchema) -> dg.AssetKey:
        """The key of an asset in this portal.

        Args:
            asset: The asset by its plain key, as in `keys`, or by its table.
        """
        return self._keys[asset if isinstance(asset, dg.AssetKey) else dg.AssetKey(asset.path)]

    def plain_key(self, key: dg.AssetKey) -> dg.AssetKey:
        """The plain key of an asset of this portal, which says what it is.

        Raises:
            KeyError: The asset is somebody else's.
        """
        return self._plain_keys[key]

    def owns(self, key: dg.AssetKey) -> bool:
        """Whether an asset is of this portal."""
        return key in self._plain_keys

    def to_table(self, key: dg.AssetKey) -> str:
        """The last part of the name of the table that an asset of this portal is.

        Raises:
            KeyError: The asset is somebody else's.
        """
        return self.plain_key(key).path[-1]

    @cached_property
    def campaigns_key(self) -> dg.AssetKey:
        """The asset of all campaigns."""
        return self.key(CAMPAIGNS_KEY)

    @cached_property
    def campaign_assets_key(self) -> dg.AssetKey:
        """The asset of what is tied to each."""
        return self.key(CAMPAIGN_ASSETS_KEY)

    @cached_property
    def metrics_keys(self) -> Mapping[str, dg.AssetKey]:
        """The asset of each type whose metrics are read, by the type's name in HubSpot's spelling."""
        return {asset_type.name: self.key(METRICS_KEYS[asset_type.name]) for asset_type in self.asset_types}

    @cached_property
    def metrics(self) -> tuple[dg.AssetKey, ...]:
        """The assets of the metrics that are read."""
        return tuple(self.metrics_keys.values())

    @cached_property
    def daily_reports(self) -> tuple[dg.AssetKey, ...]:
        """The assets of the campaign reports by day; those that no setting turns on are not there."""
        return tuple(map(self.key, DAILY_REPORTS_KEYS))

    @cached_property
    def days_keys(self) -> Mapping[str, dg.AssetKey]:
        """Every asset whose days are read from HubSpot, by the last part of its table's name."""
        return {self.to_table(key): key for key in (*self.metrics, *self.daily_reports)}

    def translate(self, spec: dg.AssetSpec) -> dg.AssetSpec:
        """An asset as it is in this portal: with a key, a group and an I/O manager of its own.

        Args:
            spec: The asset with its plain key and group, and what it depends on as it is in this portal.

        Raises:
            DagsterInvalidDefinitionError: The translator gives it another key than it gave those that depend on it.
        """
        plain = spec.key
        named = self._name(spec)
        translated = self._translate(plain, named)
        if translated.key != self.key(plain):
            raise dg.DagsterInvalidDefinitionError(
                f"The translator of {self._describe()} gives {plain.to_user_string()} the key "
                f"{translated.key.to_user_string()}, and {self.key(plain).to_user_string()} where others depend on it: "
                "let the key follow from portal and table alone."
            )
        tags = {**self.tags, NAMED_TAG: ""} if self.name else {}
        return translated.merge_attributes(tags=tags, metadata=self._to_metadata(plain))

    def _name(self, spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec.replace_attributes(
            key=[*self.key_prefix, *spec.key.path],
            group_name=self.to_name(spec.group_name) if spec.group_name else ...,
        )

    def _translate(self, plain: dg.AssetKey, spec: dg.AssetSpec) -> dg.AssetSpec:
        return self.translator.get_asset_spec(TranslatorData(self.name, "/".join(plain.path), spec))

    def _to_metadata(self, plain: dg.AssetKey) -> Mapping[str, str]:
        """What others load the table by: the I/O manager, and where it lies if not where its key says."""
        found = {_IO_MANAGER: self.io_manager} if self.name else {}
        return found | ({PLACE: "/".join(plain.path)} if self.key(plain) != plain else {})

    @cached_property
    def _keys(self) -> Mapping[dg.AssetKey, dg.AssetKey]:
        """The key of every asset that there may be, by its plain key.

        Raises:
            DagsterInvalidDefinitionError: The translator gives two of them the same, or one with an empty part.
        """
        plain_keys = dict[dg.AssetKey, dg.AssetKey]()
        for plain in ALL_KEYS:
            key = self._translate(plain, dg.AssetSpec([*self.key_prefix, *plain.path])).key
            if not all(part.strip() for part in key.path):  # a template's variable that there is not is empty text
                raise dg.DagsterInvalidDefinitionError(
                    f"The translator of {self._describe()} gives {plain.to_user_string()} the key "
                    f"{key.to_user_string()!r}, part of which is empty: templates know portal, table and spec."
                )
            if key in plain_keys:
                raise dg.DagsterInvalidDefinitionError(
                    f"The translator of {self._describe()} gives {plain_keys[key].to_user_string()} and "
                    f"{plain.to_user_string()} the same key, {key.to_user_string()}: each needs one of its own."
                )
            plain_keys[key] = plain
        return {plain: key for key, plain in plain_keys.items()}

    @cached_property
    def _plain_keys(self) -> Mapping[dg.AssetKey, dg.AssetKey]:
        return {key: plain for plain, key in self._keys.items()}

    def _describe(self) -> str:
        return f"the portal {self.name}" if self.name else "the portal"
