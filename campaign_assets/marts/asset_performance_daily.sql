-- One row per metric_date × campaign × asset type × asset × metric that HubSpot gave a number for.
--
-- asset_metrics   all tables of hubspot/asset_metrics as one, with a column for each metric that any of them has
-- catalog         what is known of each metric of each type: its column, and how its values combine over days

WITH figures AS (
    UNPIVOT (
        SELECT
            metric_date, campaign_id, asset_type, asset_id, asset_name, extracted_at,
            COLUMNS(* EXCLUDE (
                metric_date, campaign_id, asset_type, asset_id, asset_name, extracted_at,
                other_metrics, other_metrics_text
            ))::DOUBLE
        FROM asset_metrics
    )
    ON COLUMNS(* EXCLUDE (metric_date, campaign_id, asset_type, asset_id, asset_name, extracted_at))
    INTO NAME metric_column VALUE value
),

known AS (
    SELECT figures.*, metric, kind, unit
    FROM figures JOIN catalog USING (asset_type, metric_column)
),

-- Metrics that the catalog does not know, and numbers that do not fit their column: a fractional count, say.
others AS (
    SELECT
        metric_date, campaign_id, asset_type, asset_id, asset_name, extracted_at,
        entry.key AS metric, entry.value AS value
    FROM asset_metrics, UNNEST(map_entries(other_metrics)) AS entries(entry)
    WHERE entry.value IS NOT NULL
)

SELECT metric_date, campaign_id, asset_type, asset_id, asset_name, metric, value, kind, unit, extracted_at
FROM known

UNION ALL

SELECT
    metric_date, campaign_id, asset_type, asset_id, asset_name, metric, value,
    coalesce(kind, 'unknown') AS kind, unit, extracted_at
FROM others LEFT JOIN catalog USING (asset_type, metric)

ORDER BY metric_date, campaign_id, asset_type, asset_id, metric
