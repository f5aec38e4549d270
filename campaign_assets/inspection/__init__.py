"""What a person asks who runs this: what is there of each table, is the account ready, what does it have.

Each is a plain function and a result in words; who asks is the command line or a job. Nothing of a table is changed.
"""
