"""The asset definitions, and how a cell is told to Dagster as an event."""
