"""docs/entities.svg: the tables and their keys, drawn from the schemas."""

from collections.abc import Iterator

from campaign_assets.marts.schemas import ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY, CAMPAIGN_SUMMARY
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGN_ATTRIBUTION,
    CAMPAIGN_ATTRIBUTION_DAILY,
    CAMPAIGN_BUDGET_ITEMS,
    CAMPAIGN_BUDGETS,
    CAMPAIGN_CONTACTS,
    CAMPAIGN_REVENUE,
    CAMPAIGN_REVENUE_DAILY,
    CAMPAIGN_SPEND_ITEMS,
    METRIC_RESTATEMENTS,
    METRICS_TABLES,
    TableSchema,
)

COLUMNS: tuple[tuple[TableSchema, ...], ...] = (
    (CAMPAIGN_BUDGETS, CAMPAIGN_BUDGET_ITEMS, CAMPAIGN_SPEND_ITEMS, CAMPAIGN_CONTACTS),
    (CAMPAIGN_ATTRIBUTION, CAMPAIGN_ATTRIBUTION_DAILY, CAMPAIGN_REVENUE, CAMPAIGN_REVENUE_DAILY),
    (CAMPAIGN_ASSETS, METRICS_TABLES["BLOG_POST"], CAMPAIGN_ASSET_CHANGES, METRIC_RESTATEMENTS),
    (CAMPAIGN_SUMMARY.table, CAMPAIGN_PERFORMANCE_DAILY.table, ASSET_PERFORMANCE_DAILY.table),
)
"""The tables below `hubspot/campaigns`; one of the metrics tables stands for all."""
_TO_ASSETS = (METRICS_TABLES["BLOG_POST"], CAMPAIGN_ASSET_CHANGES, METRIC_RESTATEMENTS)
_WIDTH, _STEP, _TOP, _ROW, _HEAD, _GAP, _FIRST = 208, 236, 96, 17, 26, 18, 30
_STYLE = """
  .paper { fill: #ffffff } .box { fill: #f4f7fb; stroke: #5b7fa6 } .head { fill: #dfe9f5; stroke: #5b7fa6 }
  text { fill: #22384f } .name { font-weight: bold; font-size: 11.5px }
  .of { fill: #55677a } .id { fill: #1f6fb2; font-weight: bold } .asset { fill: #b4521e }
  .way { stroke: #1f6fb2; fill: none } .tie { stroke: #d9682b; fill: none }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .box { fill: #161d27; stroke: #6f93ba } .head { fill: #22344a; stroke: #6f93ba }
    text { fill: #dbe6f2 } .of { fill: #9aa8b7 } .id { fill: #79b8ff } .asset { fill: #f0955f } .way { stroke: #79b8ff }
  }"""


def draw() -> str:
    """The drawing, as SVG."""
    columns = [list(_draw_column(tables, _FIRST + index * _STEP)) for index, tables in enumerate(COLUMNS)]
    height = max(map(_measure, COLUMNS)) + _TOP + 26
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {height}" font-size="12" '
        'font-family="Helvetica, Arial, sans-serif">',
        f"<style>{_STYLE}\n</style>",
        f'<rect class="paper" width="960" height="{height}"/>',
        '<rect class="head" x="14" y="14" width="932" height="46" rx="3"/>',
        '<text x="24" y="33" font-weight="bold">hubspot/campaigns</text>',
        '<text x="24" y="51" class="id">campaign_id</text>',
        *(line for column in columns for line in column),
        f'<text x="24" y="{height - 10}" class="of">Of each table its key. Blue leads to a campaign, orange to an '
        "asset of it; asset_metrics/… stands for 13 tables, each of one asset type.</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def list_key(table: TableSchema) -> tuple[str, ...]:
    """The columns that tell the rows of all days apart."""
    return (*(("metric_date",) if table.daily else ()), *table.key)


def _measure(tables: tuple[TableSchema, ...]) -> int:
    return sum(_to_height(table) + _GAP for table in tables)


def _to_height(table: TableSchema) -> int:
    return _HEAD + 6 + _ROW * len(list_key(table))


def _draw_column(tables: tuple[TableSchema, ...], x: int) -> Iterator[str]:
    """Tables below each other, and on their left the way up to the campaigns."""
    y, last, ties = _TOP, _TOP, []
    yield f'<text x="{x}" y="{_TOP - 8}" class="of">{tables[0].path[0]}/</text>'
    for table in tables:
        yield from _draw_table(table, x, y)
        last = _find_row(table, "campaign_id", y)
        yield f'<path class="way" d="M{x} {last} H{x - 12}"/>'
        if table in _TO_ASSETS:
            ties.append(_find_row(table, "asset_id", y))
        y += _to_height(table) + _GAP
    yield f'<path class="way" d="M{x - 12} {last} V60"/>'
    if ties:
        right, end = x + _WIDTH, _find_row(CAMPAIGN_ASSETS, "asset_id", _TOP)
        yield f'<path class="tie" d="M{right} {end} H{right + 9} V{ties[-1]}"/>'
        yield from (f'<path class="tie" d="M{right} {tie} H{right + 9}"/>' for tie in ties)


def _find_row(table: TableSchema, column: str, y: int) -> int:
    return y + _HEAD + _ROW * list_key(table).index(column) + _ROW // 2 + 3


def _draw_table(table: TableSchema, x: int, y: int) -> Iterator[str]:
    name = "asset_metrics/…" if table in METRICS_TABLES.values() else table.path[-1]
    yield f'<rect class="box" x="{x}" y="{y}" width="{_WIDTH}" height="{_to_height(table)}" rx="3"/>'
    yield f'<rect class="head" x="{x}" y="{y}" width="{_WIDTH}" height="{_HEAD - 4}" rx="3"/>'
    yield f'<text x="{x + 8}" y="{y + 15}" class="name">{name}</text>'
    for index, column in enumerate(list_key(table)):
        kind = {"campaign_id": ' class="id"', "asset_type": ' class="asset"', "asset_id": ' class="asset"'}
        yield f'<text x="{x + 8}" y="{y + _HEAD + 13 + _ROW * index}"{kind.get(column, "")}>{column}</text>'
