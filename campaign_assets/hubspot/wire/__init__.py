"""A request becomes bytes, bytes become a response: transport, authentication, retries, error responses, counting.

Private to the client. When a request may leave is in `limits`, which requests there are in `endpoints`.
"""
