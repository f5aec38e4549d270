"""What HubSpot does not say, found out on an account: each probe looks at one thing that docs/unknowns.md lists.

A probe only reads. What it says holds no name, no id and no text of the account, so that it can be shown to anybody.
"""
