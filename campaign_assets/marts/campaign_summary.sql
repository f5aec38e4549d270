-- One row per campaign, deleted ones included.
--
-- as_of is the last day that any campaign has a figure for: the last 7 and 28 days end with it, and the period before
-- each is as long. A period that begins before the first day of the tables is null, not a smaller sum.
-- Ratios are made of sums. Amounts are never added up, and divided only where both are of one currency.

WITH covered AS (
    SELECT min(metric_date) AS first_day, max(metric_date) AS as_of
    FROM campaign_performance_daily
),

figures AS (
    SELECT
        campaign_id, metric_date, as_of, first_day, extracted_at,
        COLUMNS([
            'views', 'clicks', 'submissions', 'sends', 'opens', 'deliveries', 'contacts_first_touch',
            'contacts_last_touch', 'customers', 'registrations', 'attendees'
        ]) AS 'of_\0'
    FROM campaign_performance_daily, covered
),

sums AS (
    SELECT
        campaign_id,
        sum(COLUMNS('^of_(.*)$')) AS '\1',
        sum(COLUMNS('^of_(.*)$')) FILTER (metric_date > as_of - 7) AS '\1_last_7_days',
        sum(COLUMNS('^of_(.*)$')) FILTER (metric_date BETWEEN as_of - 13 AND as_of - 7 AND first_day <= as_of - 13)
            AS '\1_previous_7_days',
        sum(COLUMNS('^of_(.*)$')) FILTER (metric_date > as_of - 28) AS '\1_last_28_days',
        sum(COLUMNS('^of_(.*)$')) FILTER (metric_date BETWEEN as_of - 55 AND as_of - 28 AND first_day <= as_of - 55)
            AS '\1_previous_28_days',
        max(metric_date) FILTER (
            greatest(
                of_views, of_clicks, of_submissions, of_sends, of_opens, of_deliveries, of_contacts_first_touch,
                of_contacts_last_touch, of_customers, of_registrations, of_attendees
            ) > 0
        ) AS last_activity_date,
        max(extracted_at) AS newest_figure
    FROM figures
    GROUP BY campaign_id
),

-- Of a campaign whose budget was asked for, all three amounts; of others the sums that the campaign itself states.
money AS (
    SELECT
        campaign_id,
        if(asked.campaign_id IS NULL, stated.budget_amount, budget_total) AS budget_amount,
        if(asked.campaign_id IS NULL, stated.spend_amount, spend_total) AS spend_amount,
        if(asked.campaign_id IS NULL, stated.budget_amount - coalesce(stated.spend_amount, 0), remaining_budget)
            AS remaining_budget,
        if(asked.campaign_id IS NULL, stated.currency_code, asked.currency_code) AS currency_code
    FROM campaigns AS stated FULL JOIN campaign_budgets AS asked USING (campaign_id)
),

-- One attribution model, so that no deal counts twice: LINEAR, or the first by name where that was not asked for.
revenue AS (
    SELECT
        campaign_id, attribution_model, deals, deal_amount, revenue_amount, currency_code AS revenue_currency_code
    FROM campaign_revenue
    WHERE "window" = 'lifetime'
    QUALIFY row_number() OVER (
        PARTITION BY campaign_id ORDER BY attribution_model <> 'LINEAR', attribution_model
    ) = 1
),

attribution AS (
    SELECT campaign_id, sessions, new_contacts_first_touch, new_contacts_last_touch, influenced_contacts
    FROM campaign_attribution
    WHERE "window" = 'lifetime'
)

SELECT
    row_number() OVER (
        ORDER BY
            submissions_last_28_days DESC NULLS LAST, clicks_last_28_days DESC NULLS LAST,
            views_last_28_days DESC NULLS LAST, campaign_id
    ) AS rank,
    campaigns.* EXCLUDE (campaign_id, budget_amount, spend_amount, currency_code, extracted_at),
    sums.* EXCLUDE (campaign_id, newest_figure),
    money.* EXCLUDE (campaign_id),
    attribution.* EXCLUDE (campaign_id),
    revenue.* EXCLUDE (campaign_id),
    campaign_id,
    as_of,
    as_of - last_activity_date AS days_since_last_activity,
    money.spend_amount::DOUBLE / nullif(clicks, 0) AS cost_per_click,
    money.spend_amount::DOUBLE / nullif(submissions, 0) AS cost_per_submission,
    money.spend_amount::DOUBLE / nullif(coalesce(new_contacts_first_touch, contacts_first_touch), 0) AS cost_per_new_contact,
    if(revenue_currency_code = money.currency_code, revenue_amount::DOUBLE / nullif(money.spend_amount, 0)::DOUBLE, NULL)
        AS return_on_spend,
    greatest(newest_figure, campaigns.extracted_at) AS extracted_at
FROM campaigns
FULL JOIN sums USING (campaign_id)
LEFT JOIN money USING (campaign_id)
LEFT JOIN attribution USING (campaign_id)
LEFT JOIN revenue USING (campaign_id)
CROSS JOIN covered
ORDER BY campaign_id
