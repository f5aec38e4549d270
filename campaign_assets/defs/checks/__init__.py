"""Check specs, the checks that run with an asset, those that run alone, and the audit."""
