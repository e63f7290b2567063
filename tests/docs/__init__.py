"""The pages of README.md and docs/: their links, what they list of the code, and every command that they name."""
