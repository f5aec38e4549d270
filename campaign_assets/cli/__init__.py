"""The command line `campaign-assets`, one file a command."""
