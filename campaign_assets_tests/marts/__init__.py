"""The marts: what their SQL answers, and when Dagster makes them."""
