"""The campaign report: one page for a marketing lead, made of the marts. No HubSpot and no Dagster.

Which figures it shows is in `figures`, what is worth a look among them in `notices`, and how the page looks in `page`
and its style sheet. The page is one file: it asks no network for anything and runs no script.
"""
