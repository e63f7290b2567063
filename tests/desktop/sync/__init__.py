"""The exchange, against real sockets on loopback, and against the real server."""
