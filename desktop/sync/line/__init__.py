"""The line to the server: its address, one request with its deadline, and every way to fail, each a value."""
