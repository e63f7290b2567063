"""How the schema came to be, step by step. Nothing here imports our own code: a step must stay what it was."""
