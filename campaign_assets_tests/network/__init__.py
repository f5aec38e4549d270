"""Tests of the connections, over real sockets."""
