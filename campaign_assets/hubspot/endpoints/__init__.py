"""Which requests there are: one group of endpoints in a file, with the paths and arguments that they share.

Private to the client. A new endpoint goes here, the type of its response into `models`.
"""
