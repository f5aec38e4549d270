"""Which requests read what, and their responses as Arrow tables.

Here: the order of requests, what is asked for and what is not, and rows. Not here: how a request is sent
(`hubspot`), where a table lies (`tables`), and when any of it runs (`defs`).
"""
