"""HubSpot campaigns, campaign assets and their daily metrics as typed Parquet tables, in Dagster.

The plain half knows HubSpot and tables and imports no Dagster: `catalog`, `hubspot`, `extract`, `tables`.
The Dagster half is `defs`, assembled by `definitions`. docs/design.md holds the map of the code.
"""
