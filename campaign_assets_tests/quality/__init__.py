"""Tests of `campaign_assets.quality`."""
