"""Tests of what a person asks of tables and account."""
