"""What people do at a till, and what a till does on its own. Each is a verb: a function of the world and a step."""
