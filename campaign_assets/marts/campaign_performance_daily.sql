-- One row per metric_date × campaign that any of its assets has a figure for.
--
-- Only metrics that add up, summed over all assets of the campaign. What HubSpot counts for two of them, a submission
-- for the form and for its page, counts for both. Null where no asset of the campaign has such a metric on the day.

WITH sums AS (
    SELECT
        metric_date,
        campaign_id,
        sum(value) FILTER (metric = 'VIEWS') AS views,
        sum(value) FILTER (unit = 'clicks') AS clicks, -- of emails, CTAs, messages and posts, whatever the network
        sum(value) FILTER (metric = 'SUBMISSIONS') AS submissions,
        sum(value) FILTER (metric = 'SENT') AS sends,
        sum(value) FILTER (metric = 'OPEN') AS opens,
        sum(value) FILTER (metric = 'DELIVERED') AS deliveries,
        sum(value) FILTER (metric = 'CONTACTS_FIRST_TOUCH') AS contacts_first_touch,
        sum(value) FILTER (metric = 'CONTACTS_LAST_TOUCH') AS contacts_last_touch,
        sum(value) FILTER (metric = 'CUSTOMERS') AS customers,
        sum(value) FILTER (metric = 'REGISTRATIONS') AS registrations,
        sum(value) FILTER (metric = 'ATTENDEES') AS attendees,
        max(extracted_at) AS extracted_at
    FROM asset_performance_daily
    WHERE kind = 'additive'
    GROUP BY metric_date, campaign_id
)

SELECT
    metric_date, campaign_id,
    TRY_CAST(COLUMNS(* EXCLUDE (metric_date, campaign_id, extracted_at)) AS BIGINT),
    extracted_at
FROM sums
ORDER BY metric_date, campaign_id
