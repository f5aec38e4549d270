"""What kinds of assets this portal knows and which metrics each kind reports.

Belongs here: asset types, their metrics and how each metric behaves from day to day, as data.
Not here: how a value is computed from a rule (`metric_values`), which assets exist (`library`).

Source: HubSpot's Marketing Campaigns guide, table of asset types and metrics. The shapes and rates are made up
so that the numbers look like a marketer's week.
"""

from collections.abc import Sequence
from dataclasses import dataclass

FLOW = 0
LEVEL = 1
RATIO = 2


@dataclass(frozen=True)
class MetricRule:
    """How one metric of one asset type moves.

    A flow without a parent draws its own daily count around `base`; a flow with a parent is `base` times the parent's
    count. A level grows towards `base`. A ratio is `numerator / parent`.

    Attributes:
        tau: Days after which interest has faded to a third; `floor` is the share that never fades.
        rise: Days it takes to reach full interest.
        start: First day of activity in each cycle, counted from the asset's first day.
        until: Day on which each cycle's activity ends.
        cyclic: Whether interest starts anew every cycle (an email sent again, an event held again).
    """

    name: str
    base: float
    kind: int = FLOW
    parent: str = ""
    numerator: str = ""
    tau: float = 90.0
    floor: float = 0.55
    rise: float = 6.0
    start: float = 0.0
    until: float = 1e9
    cyclic: bool = False


@dataclass(frozen=True)
class AssetType:
    """One asset type: its API name, the digits of its ids, how common it is and its metrics in order."""

    name: str
    id_digits: int
    frequency: float
    metrics: tuple[MetricRule, ...] = ()


def _evergreen(name: str, base: float) -> MetricRule:
    return MetricRule(name, base)


def _burst(name: str, base: float, tau: float = 2.5) -> MetricRule:
    return MetricRule(name, base, tau=tau, floor=0.012, rise=0.4, cyclic=True)


def _share(name: str, base: float, parent: str) -> MetricRule:
    return MetricRule(name, base, parent=parent)


def _page_metrics(views: float) -> tuple[MetricRule, ...]:
    return (
        _share("CONTACTS_FIRST_TOUCH", 0.5, "SUBMISSIONS"),
        _share("CONTACTS_LAST_TOUCH", 0.35, "SUBMISSIONS"),
        _share("CUSTOMERS", 0.05, "SUBMISSIONS"),
        _share("SUBMISSIONS", 0.025, "VIEWS"),
        _evergreen("VIEWS", views),
    )


ASSET_TYPES: tuple[AssetType, ...] = (
    AssetType("AD_CAMPAIGN", 9, 1.0),
    AssetType(
        "BLOG_POST",
        12,
        4.0,
        (
            _share("CONTACTS_FIRST_TOUCH", 0.6, "SUBMISSIONS"),
            _share("CONTACTS_LAST_TOUCH", 0.4, "SUBMISSIONS"),
            _share("SUBMISSIONS", 0.01, "VIEWS"),
            _evergreen("VIEWS", 60.0),
        ),
    ),
    AssetType(
        "SOCIAL_BROADCAST",
        9,
        6.0,
        (_burst("FACEBOOK_CLICKS", 14.0), _burst("LINKEDIN_CLICKS", 26.0), _burst("TWITTER_CLICKS", 7.0)),
    ),
    AssetType("WEB_INTERACTIVE", 12, 1.5, (_share("CLICKS", 0.05, "VIEWS"), _evergreen("VIEWS", 140.0))),
    AssetType(
        "CTA",
        8,
        0.8,
        (_share("CLICKS", 0.06, "VIEWS"), _share("SUBMISSIONS", 0.15, "CLICKS"), _evergreen("VIEWS", 110.0)),
    ),
    AssetType("EXTERNAL_WEB_URL", 7, 0.7, (_evergreen("VIEWS", 25.0),)),
    AssetType(
        "FORM",
        10,
        1.6,
        (
            MetricRule("CONVERSION_RATE", 0.0, kind=RATIO, parent="VIEWS", numerator="SUBMISSIONS"),
            _share("SUBMISSIONS", 0.14, "VIEWS"),
            _evergreen("VIEWS", 70.0),
        ),
    ),
    AssetType("LANDING_PAGE", 12, 2.0, _page_metrics(95.0)),
    AssetType(
        "MARKETING_EMAIL",
        12,
        7.0,
        (
            _share("CLICKS", 0.13, "OPEN"),
            _burst("OPEN", 620.0, tau=1.6),
            _burst("SENT", 2400.0, tau=0.3),
        ),
    ),
    AssetType(
        "MARKETING_EVENT",
        12,
        0.8,
        (
            MetricRule("ATTENDEES", 85.0, tau=9.0, floor=1.0, rise=0.3, start=27.0, until=28.0, cyclic=True),
            _share("CANCELLATIONS", 0.07, "REGISTRATIONS"),
            MetricRule("REGISTRATIONS", 8.0, tau=20.0, floor=0.8, rise=9.0, until=28.0, cyclic=True),
        ),
    ),
    AssetType("OBJECT_LIST", 5, 1.5, (MetricRule("CONTACTS", 2600.0, kind=LEVEL, rise=110.0),)),
    AssetType("SITE_PAGE", 12, 1.2, _page_metrics(120.0)),
    AssetType(
        "AUTOMATION_PLATFORM_FLOW",
        10,
        1.4,
        (
            MetricRule("CURRENTLY_ENROLLED", 180.0, kind=LEVEL, rise=45.0),
            _evergreen("STARTED", 16.0),
        ),
    ),
    AssetType(
        "MARKETING_SMS",
        11,
        0.6,
        (
            _share("DELIVERED", 0.93, "SENT"),
            _burst("SENT", 520.0, tau=0.4),
            _share("UNIQUE_CLICKS", 0.06, "DELIVERED"),
        ),
    ),
    AssetType("CALL", 11, 0.3),
    AssetType("CASE_STUDY", 8, 0.15),
    AssetType("EMAIL", 11, 0.3),
    AssetType("FEEDBACK_SURVEY", 7, 0.15),
    AssetType("FILE_MANAGER_FILE", 12, 0.3),
    AssetType("KNOWLEDGE_ARTICLE", 12, 0.2),
    AssetType("MEDIA", 12, 0.2),
    AssetType("MEETING_EVENT", 11, 0.3),
    AssetType("PLAYBOOK", 7, 0.1),
    AssetType("PODCAST_EPISODE", 9, 0.1),
    AssetType("SALES_DOCUMENT", 8, 0.15),
    AssetType("SEQUENCE", 9, 0.15),
)


def portal_asset_types(
    unknown_types: Sequence[str] = (), unknown_metrics: Sequence[tuple[str, str]] = (), undocumented: bool = False
) -> dict[str, AssetType]:
    """Name every asset type of a portal, with types and metrics HubSpot has not documented added on request.

    Args:
        unknown_types: Names of new types; each reports `IMPRESSIONS`.
        unknown_metrics: Pairs of asset type and new metric name; each is an additive count.
        undocumented: Whether each type for which HubSpot documents no metrics reports `INTERACTIONS`.

    Raises:
        ValueError: Where a metric is added to a type that does not exist.
    """
    known = {asset_type.name: asset_type for asset_type in ASSET_TYPES}
    for name in unknown_types:
        known[name] = AssetType(name, 9, 1.0, (_evergreen("IMPRESSIONS", 45.0),))
    bare = [(asset_type.name, "INTERACTIONS") for asset_type in ASSET_TYPES if not asset_type.metrics]
    for type_name, metric in (*unknown_metrics, *(bare if undocumented else ())):
        if type_name not in known:
            raise ValueError(f"no such asset type: {type_name}")
        old = known[type_name]
        metrics = tuple(sorted((*old.metrics, _evergreen(metric, 9.0)), key=lambda rule: rule.name))
        known[type_name] = AssetType(old.name, old.id_digits, old.frequency, metrics)
    return known
