"""JSON becomes typed objects, with every field that we do not know retained.

Private to the client; the objects themselves are exported by `campaign_assets.hubspot`.
"""
