"""Several machines on one: Dagster's own distributed parts, started, disturbed and compared (`make distributed`)."""
