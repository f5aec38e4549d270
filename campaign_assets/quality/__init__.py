"""What is wrong with the tables: plain rules over rows and files, and what HubSpot's two endpoints say of one day.

No Dagster here: how a finding shows beside an asset, and when it is looked for, is in `defs`.
"""
