"""The report: every figure on the page against the tables, and the page in a real browser."""
