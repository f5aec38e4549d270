"""What the Dagster instance knows: last reads, cells in progress, due cells, what an earlier attempt has done."""
