"""Fills a new portal: campaigns, assets and money as a seed decides.

Belongs here: how many of what there are, and the rare cases a client must survive. Not here: names (`names`), numbers
(`metric_values`).

The calendar is anchored at the first day of the present quarter, so that a portal started again tomorrow is the same
portal one day later.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from campaign_assets.emulator.hashing import stable_int, stable_uuid
from campaign_assets.emulator.library import AssetLibrary
from campaign_assets.emulator.names import asset_name, campaign_name, utm_value
from campaign_assets.emulator.options import PortalOptions
from campaign_assets.emulator.properties import CUSTOM_VALUES, business_unit_ids
from campaign_assets.emulator.state import Campaign, CampaignStore, MoneyItem
from campaign_assets.emulator.story import Part, course_of, part_of

_COLORS = ("#ff7a59", "#00a4bd", "#f5c26b", "#6a78d1", "#00bda5", "#f2547d")
_OBJECT_ID_FROM = 9_007_199_254_740_993
_ITEMS = ("Media", "Agency", "Print", "Venue", "Content", "Freelancers", "Software", "Gifts")
_RATES = {"JPY": 150}
"""Currencies whose amounts are whole, and what a unit of the others is worth in them."""
_ORDINARY_LENGTH = 90


@dataclass(frozen=True)
class _Plan:
    """What the seed decides about one campaign before anything is made.

    Attributes:
        course: Position of the course that its assets take.
    """

    number: int
    start: date
    end: date | None
    created_at: datetime
    part: Part | None
    course: int


class Population:
    """Fills one portal's store and library.

    Args:
        options: The portal's options.
        today: The portal's date when it is made. Only its quarter decides what there is; what is spent later is not
            there yet.
        library: Receives the assets.
        store: Receives the campaigns.
    """

    def __init__(self, options: PortalOptions, today: date, library: AssetLibrary, store: CampaignStore) -> None:
        self._options = options
        self._today = today
        self._anchor = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
        self._library = library
        self._store = store
        self._random = Random(options.seed * 7919 + 17)  # noqa: S311 - made-up data
        self._pools: dict[str, list[int]] = {}
        self._types = list(library.types.values())
        self._frequencies = [asset_type.frequency for asset_type in self._types]

    def fill(self) -> None:
        """Make every campaign with its assets and money."""
        for number in range(self._options.campaigns):
            plan = self._plan(number)
            campaign = self._make(plan)
            self._store.add(campaign)
            self._add_money(campaign, plan)
            self._add_assets(campaign, plan)

    def _plan(self, number: int) -> _Plan:
        random, part = self._random, part_of(number)
        span = self._options.days_of_history
        start = self._anchor - timedelta(days=span) + timedelta(days=random.randrange(span + 110))
        length: int | None = random.choice((14, 30, 45, 60, 90, 180))
        if part is not None:
            start, length = self._anchor + timedelta(days=part.starts), part.lasts
        end = None if length is None or number % 11 == 7 else start + timedelta(days=length)
        made = min(start - timedelta(days=random.randrange(3, 30)), self._anchor - timedelta(days=number % 9 + 1))
        clock = timedelta(milliseconds=random.randrange(8 * 3_600_000, 18 * 3_600_000))
        created_at = datetime(made.year, made.month, made.day, tzinfo=UTC) + clock
        course = self._library.add_course(course_of(part, start, end, random))
        return _Plan(number, start, end, created_at, part, course)

    def _make(self, plan: _Plan) -> Campaign:
        random, seed = self._random, self._options.seed
        name = campaign_name(random, plan.number, plan.start, plan.part.theme if plan.part else None)
        units = (0,) if plan.number % 10 else (0, 4001 + plan.number % 3)
        properties = {
            "hs_name": self._unique(name),
            "hs_object_id": str(_OBJECT_ID_FROM + stable_int(seed, "object", plan.number) % 10**15),
            "hs_created_by_user_id": str(51_000_000 + plan.number % 7),
            "hs_color_hex": random.choice(_COLORS),
            "hs_business_unit_ids": business_unit_ids(units),
        }
        if plan.number % 12 != 5:
            properties["hs_start_date"] = plan.start.isoformat()
            if plan.end is not None:
                properties["hs_end_date"] = plan.end.isoformat()
        if plan.number % 17 == 9:
            properties["hs_campaign_status"] = "paused"
        optional = {
            "hs_owner": str(61_000_000 + random.randrange(12)),
            "hs_audience": random.choice(("IT leaders", "Marketing managers", "Existing customers", "Students")),
            "hs_notes": f"Goal: {random.randrange(50, 900)} leads.\nSee the “brief” for details; owner: 日本 team.",
            "hs_currency_code": random.choice((self._options.currency, "EUR", "GBP", "JPY")),
            "hs_utm": utm_value(properties["hs_name"], plan.number),
            **{custom: random.choice(values) for custom, values in CUSTOM_VALUES.items()},
        }
        properties |= {key: value for key, value in optional.items() if random.random() < 0.7}
        updated = plan.created_at + timedelta(milliseconds=random.randrange(1, 2 * 86_400_000))
        return Campaign(
            id=stable_uuid(seed, "campaign", plan.number),
            properties=properties,
            created_at=plan.created_at,
            updated_at=updated,
            business_units=units,
            partner=self._partner(plan.number),
        )

    def _partner(self, number: int) -> str | None:
        """Give the neighbour that touches the same deals; a flop has no part in anybody's, nor they in its own."""
        parts = (part_of(number), part_of(number ^ 1))
        if any(part is not None and part.is_flop for part in parts):
            return None
        return stable_uuid(self._options.seed, "campaign", number ^ 1)

    def _unique(self, name: str) -> str:
        candidate, count = name[:240], 1
        while self._store.holder_of(candidate) is not None:
            count += 1
            candidate = f"{name[:240]} ({count})"
        return candidate

    def _add_money(self, campaign: Campaign, plan: _Plan) -> None:
        if plan.number % 3 == 2:
            return
        # drawn apart: how much is spent by now must not decide what comes after
        random, part = Random(stable_int(self._options.seed, "money", campaign.id)), plan.part  # noqa: S311 - made-up data
        length = (plan.end - plan.start).days if plan.end else _ORDINARY_LENGTH
        whole = random.uniform(40, 220) * length * (part.budget if part else 1.0)
        spent = part.spent if part else random.uniform(0.55, 1.0)
        budgets, spends = random.randrange(1, 4), random.randrange(1, 5)
        if part is not None or plan.number % 7 != 4:
            for order, amount in enumerate(self._amounts(random, campaign, whole, budgets)):
                self._add_item(campaign, "budget", order, random.choice(_ITEMS), amount, campaign.created_at)
        if part is None and plan.number % 13 == 3:
            return
        for order, amount in enumerate(self._amounts(random, campaign, whole * spent, spends)):
            day = plan.start + timedelta(days=length * order // spends)
            name = random.choice(_ITEMS)
            if day < self._today:
                paid_at = datetime(day.year, day.month, day.day, 9, order, tzinfo=UTC)
                self._add_item(campaign, "spend", order, name, amount, max(paid_at, campaign.created_at))

    def _amounts(self, random: Random, campaign: Campaign, whole: float, count: int) -> list[Decimal]:
        """Part an amount, in a campaign's currency."""
        currency = campaign.properties.get("hs_currency_code", self._options.currency)
        weights = [0.4 + random.random() for _ in range(count)]
        shares = [whole * weight / sum(weights) for weight in weights]
        if currency in _RATES:
            return [Decimal(round(share * _RATES[currency])) for share in shares]
        return [Decimal(round(share * 100)) / 100 for share in shares]

    def _add_item(
        self, campaign: Campaign, kind: str, order: int, name: str, amount: Decimal, made_at: datetime
    ) -> None:
        item = MoneyItem(
            id=str(stable_int(self._options.seed, kind, campaign.id, order) % 10**11),
            name=name,
            amount=amount,
            order=order,
            description=f"{kind} line {order + 1}" if order % 2 == 0 else None,
            created_at=made_at,
            updated_at=made_at,
        )
        (campaign.budget if kind == "budget" else campaign.spend)[item.id] = item
        campaign.updated_at = max(campaign.updated_at, made_at)

    def _add_assets(self, campaign: Campaign, plan: _Plan) -> None:
        if plan.number % 13 == 6:
            return
        for asset_type, count in self._counts(plan.number).items():
            for _ in range(count):
                self._store.associate(campaign, asset_type, self._asset(asset_type, plan))

    def _counts(self, number: int) -> dict[str, int]:
        """Decide how many assets of each type a campaign has; a few have more than HubSpot puts on one page."""
        total = int(self._options.assets_per_campaign * self._random.choice((0.3, 0.7, 0.9, 1.1, 1.3, 1.7)))
        counts: dict[str, int] = {}
        for asset_type in self._random.choices(self._types, self._frequencies, k=total):
            counts[asset_type.name] = counts.get(asset_type.name, 0) + 1
        if number % 20 == 3:
            counts["MARKETING_EMAIL"] = counts.get("MARKETING_EMAIL", 0) + 55 + number % 37
        if number == 8:
            counts["SOCIAL_BROADCAST"] = 163
        if number < len(self._types):
            counts.setdefault(self._types[number].name, 1)
        return counts

    def _asset(self, asset_type: str, plan: _Plan) -> int:
        """Make an asset, or share one that another campaign already has."""
        random = self._random
        pool = self._pools.setdefault(asset_type, [])
        if plan.part is None and pool and random.random() < 0.06:
            return pool[int(random.random() * len(pool))]
        digits = self._library.types[asset_type].id_digits
        asset_id = str(10 ** (digits - 1) + int(random.random() * 9 * 10 ** (digits - 1)))
        while self._library.find(asset_type, asset_id) is not None:
            asset_id = str(int(asset_id) + 1)
        name = None if random.random() < 0.03 else asset_name(random, asset_type)
        spread = 40 if plan.part is None or not plan.part.boost else 12
        first_day = plan.start.toordinal() + int(random.random() * spread) - 8
        position = self._library.add(asset_type, asset_id, name, first_day, course=plan.course)
        if plan.part is None:
            pool.append(position)
        return position
