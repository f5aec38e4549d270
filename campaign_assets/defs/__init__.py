"""The product in Dagster's terms: assets, resources, jobs, schedules and sensors.

One file for each kind of Dagster object. No logic that could live below: what is read and how stands in `extract`,
where it lies in `tables`.
"""
