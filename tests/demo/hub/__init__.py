"""What the demo's tills talk to: the server as a process, and a network that can be cut."""
