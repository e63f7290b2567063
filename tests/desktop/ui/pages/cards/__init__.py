"""The pages of a card, worked by keys, clicks and scans on the real engine."""
