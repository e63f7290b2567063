"""The till: what a cashier works with, whether or not there is a network."""
