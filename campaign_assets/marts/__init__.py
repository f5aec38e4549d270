"""Answers from the tables, in SQL: what the assets and the campaigns did on each day, and what came of each campaign.

Each mart is a query in a file of its own, over relations that are named as the tables are. Here stands which tables a
query reads, in which columns it answers, and where its rows go. No HubSpot and no Dagster.
"""
