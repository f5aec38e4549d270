"""When a request may leave: the rate, the concurrency, the daily quota and the breaker, together in one throttle.

Private to the client.
"""
