"""What one run does, without Dagster: refresh campaigns, refresh associations, refresh metrics.

The only writer of the product's tables. It reads through `extract`, keeps what must stay of the files that are in
place, writes, and tells of each cell as soon as it is decided. Who is told, and how, is the caller's business.
"""
