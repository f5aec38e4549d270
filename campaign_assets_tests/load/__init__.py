"""Tests of what one run does."""
