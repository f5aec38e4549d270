"""Tests of campaign_assets: real HTTP to the emulator, real files, real Dagster runs."""
