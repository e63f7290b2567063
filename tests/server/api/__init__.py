"""The HTTP of the server, driven as a client drives it: statuses, problems, and what nobody may see."""
