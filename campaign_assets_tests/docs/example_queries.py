"""A question to each table, in DuckDB's SQL: what a reader would ask first."""

from collections.abc import Mapping

from campaign_assets.catalog import METRIC_ASSET_TYPES, Aggregation, AssetType, Metric
from campaign_assets.marts.database import name_relation
from campaign_assets.tables import METRICS_TABLES, TableSchema

_QUERIES: Mapping[str, str] = {
    "hubspot/campaigns": """
        SELECT name, status, start_date, spend_amount, currency_code FROM hubspot.campaigns
        WHERE deleted_at IS NULL ORDER BY start_date DESC NULLS LAST LIMIT 10;""",
    "hubspot/campaign_assets": """
        SELECT asset_type, count(*) AS assets, count(DISTINCT campaign_id) AS campaigns FROM hubspot.campaign_assets
        GROUP BY ALL ORDER BY assets DESC;""",
    "hubspot/campaign_asset_changes": """
        SELECT changed_at, change, asset_type, asset_name FROM hubspot.campaign_asset_changes
        ORDER BY changed_at DESC LIMIT 20;""",
    "hubspot/metric_restatements": """
        SELECT asset_type, metric, count(*) AS numbers, sum(after - before) AS change FROM hubspot.metric_restatements
        GROUP BY ALL ORDER BY numbers DESC;""",
    "hubspot/campaign_budget_items": """
        SELECT name, sum(amount) AS amount, currency_code FROM hubspot.campaign_budget_items
        GROUP BY ALL ORDER BY amount DESC LIMIT 10;""",
    "hubspot/campaign_spend_items": """
        SELECT name, sum(amount) AS amount, currency_code FROM hubspot.campaign_spend_items
        GROUP BY ALL ORDER BY amount DESC LIMIT 10;""",
    "hubspot/campaign_budgets": """
        SELECT name, budget_total, spend_total, remaining_budget, campaign_budgets.currency_code
        FROM hubspot.campaign_budgets JOIN hubspot.campaigns USING (campaign_id)
        WHERE budget_total > 0 ORDER BY remaining_budget LIMIT 10;""",
    "hubspot/campaign_attribution": """
        SELECT name, sessions, influenced_contacts
        FROM hubspot.campaign_attribution JOIN hubspot.campaigns USING (campaign_id)
        WHERE "window" = 'last_28_days' ORDER BY sessions DESC NULLS LAST LIMIT 10;""",
    "hubspot/campaign_revenue": """
        SELECT name, deals, revenue_amount, campaign_revenue.currency_code
        FROM hubspot.campaign_revenue JOIN hubspot.campaigns USING (campaign_id)
        WHERE "window" = 'lifetime' AND attribution_model = 'LINEAR'
        ORDER BY revenue_amount DESC NULLS LAST LIMIT 10;""",
    "hubspot/campaign_contacts": """
        SELECT contact_type, count(DISTINCT contact_id) AS contacts FROM hubspot.campaign_contacts GROUP BY ALL;""",
    "hubspot/campaign_attribution_daily": """
        SELECT metric_date, sum(sessions) AS sessions, sum(influenced_contacts) AS influenced_contacts
        FROM hubspot.campaign_attribution_daily GROUP BY ALL ORDER BY metric_date DESC;""",
    "hubspot/campaign_revenue_daily": """
        SELECT metric_date, sum(revenue_amount) AS revenue, currency_code FROM hubspot.campaign_revenue_daily
        WHERE attribution_model = 'LINEAR' GROUP BY ALL ORDER BY metric_date DESC;""",
    "marts/asset_performance_daily": """
        SELECT asset_type, metric, unit, sum(value) AS value FROM marts.asset_performance_daily
        WHERE kind = 'additive' GROUP BY ALL ORDER BY ALL;""",
    "marts/campaign_performance_daily": """
        SELECT metric_date, sum(views) AS views, sum(clicks) AS clicks, sum(submissions) AS submissions
        FROM marts.campaign_performance_daily GROUP BY ALL ORDER BY metric_date DESC;""",
    "marts/campaign_summary": """
        SELECT name, views_last_28_days, views_previous_28_days, cost_per_click, return_on_spend
        FROM marts.campaign_summary ORDER BY rank LIMIT 10;""",
}


def get_query(table: TableSchema) -> str:
    """The question to a table."""
    if table.name in _QUERIES:
        return "\n".join(line.strip() for line in _QUERIES[table.name].strip().splitlines())
    (asset_type,) = [known for known in METRIC_ASSET_TYPES if METRICS_TABLES[known.name] is table]
    return _ask_of_metrics(table, asset_type)


def _ask_of_metrics(table: TableSchema, asset_type: AssetType) -> str:
    """Each asset over all days: flows summed, levels as of the last day, ratios made anew from their parts."""
    schema, name = name_relation(table)
    shown = ",\n    ".join(map(_combine, asset_type.metrics))
    columns = f"asset_id, asset_name,\n    {shown}"
    return f"SELECT {columns}\nFROM {schema}.{name} GROUP BY ALL ORDER BY 3 DESC NULLS LAST LIMIT 10;"


def _combine(metric: Metric) -> str:
    if metric.aggregation is Aggregation.LEVEL:
        return f"max_by({metric.column}, metric_date) AS {metric.column}"
    if metric.aggregation is Aggregation.RATIO:
        return f"sum(submissions) / sum(views) AS {metric.column}"
    return f"sum({metric.column}) AS {metric.column}"
