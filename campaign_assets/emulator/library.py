"""Every asset the portal owns, in columns.

Belongs here: the assets themselves (id, type, name, first day) and the layout of their metric series.
Not here: which campaign an asset belongs to (`state`), what a series is worth on a day (`metric_values`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from campaign_assets.emulator.asset_types import AssetType
from campaign_assets.emulator.course import Course, CourseColumns
from campaign_assets.emulator.hashing import Ints, UInts, stable_int


@dataclass(frozen=True)
class SeriesColumns:
    """The library as arrays: one row per asset, and one row per asset × metric (a series)."""

    asset_key: UInts
    asset_first_day: Ints
    asset_course: Ints
    courses: CourseColumns
    series_asset: Ints
    series_rule: Ints


class AssetLibrary:
    """The assets of one portal; an asset is known by its position in these lists.

    Args:
        seed: The portal's seed; an asset's numbers depend on it, its type and its id alone.
        types: The portal's asset types by name.
    """

    def __init__(self, seed: int, types: Mapping[str, AssetType]) -> None:
        self.seed = seed
        self.types = types
        self.ids: list[str] = []
        self.type_names: list[str] = []
        self.names: list[str | None] = []
        self.first_days: list[int] = []
        self.first_series: list[int] = []
        self.metric_counts: list[int] = []
        self.fixed: dict[int, Mapping[str, int | float]] = {}
        self.courses: list[Course] = [Course()]
        self._course_of: list[int] = []
        self._keys: list[int] = []
        self._series_total = 0
        self._position: dict[tuple[str, str], int] = {}
        self._columns: SeriesColumns | None = None
        self._first_rule: dict[str, int] = {}
        rules = 0
        for name, asset_type in types.items():
            self._first_rule[name] = rules
            rules += len(asset_type.metrics)

    def __len__(self) -> int:
        return len(self.ids)

    def find(self, asset_type: str, asset_id: str) -> int | None:
        """Give the position of an asset, or None where the portal has no such asset."""
        return self._position.get((asset_type, asset_id))

    def add_course(self, course: Course) -> int:
        """Add a course that assets can take, and give its position; 0 is an ordinary one."""
        self.courses.append(course)
        return len(self.courses) - 1

    def add(
        self,
        asset_type: str,
        asset_id: str,
        name: str | None,
        first_day: int,
        silent: bool | None = None,
        fixed: Mapping[str, int | float] | None = None,
        course: int = 0,
    ) -> int:
        """Add an asset and give its position; an asset that exists stays as it is.

        Args:
            asset_type: One of the portal's types.
            asset_id: Its id, unique within the type.
            name: What the marketer called it, or None: HubSpot leaves the name out of some responses.
            first_day: The first day it can have numbers, as a proleptic ordinal.
            silent: Whether it never reports a metric although its type has some; drawn by the seed when None.
            fixed: The same metrics on every day, instead of those that the seed decides.
            course: Position of the course that it takes.
        """
        found = self.find(asset_type, asset_id)
        if found is not None:
            return found
        key = stable_int(self.seed, asset_type, asset_id)
        if silent is None:
            silent = (key >> 17) % 37 == 0
        count = 0 if silent or fixed is not None else len(self.types[asset_type].metrics)
        position = len(self.ids)
        self._position[asset_type, asset_id] = position
        if fixed is not None:
            self.fixed[position] = fixed
        self.ids.append(asset_id)
        self.type_names.append(asset_type)
        self.names.append(name)
        self.first_days.append(first_day)
        self.first_series.append(self._series_total)
        self.metric_counts.append(count)
        self._keys.append(key)
        self._course_of.append(course)
        self._series_total += count
        self._columns = None
        return position

    def columns(self) -> SeriesColumns:
        """Give the library as arrays, rebuilt after an addition."""
        if self._columns is None:
            counts = np.array(self.metric_counts, dtype=np.int64)
            series_asset = np.repeat(np.arange(len(counts)), counts)
            first_rule = np.array([self._first_rule[name] for name in self.type_names], dtype=np.int64)
            first_series = np.array(self.first_series, dtype=np.int64)
            offset = np.arange(self._series_total) - first_series[series_asset]
            self._columns = SeriesColumns(
                asset_key=np.array(self._keys, dtype=np.uint64),
                asset_first_day=np.array(self.first_days, dtype=np.int64),
                asset_course=np.array(self._course_of, dtype=np.int64),
                courses=CourseColumns(self.courses),
                series_asset=series_asset,
                series_rule=first_rule[series_asset] + offset,
            )
        return self._columns
