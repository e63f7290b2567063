"""From the domain to plain frozen values and words that a person reads; knows no Qt."""
