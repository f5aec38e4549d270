"""The tables on an object storage: a real S3 server on this machine, and what may go wrong on the way to it."""
