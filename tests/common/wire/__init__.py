"""Protocol 1 as models: what it takes, what it refuses, and what makes two operations the same."""
