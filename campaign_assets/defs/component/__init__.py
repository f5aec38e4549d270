"""What other Dagster projects add in YAML: the portals, and what is made over all of them."""
