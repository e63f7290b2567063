"""What stands beside the till: a slip printer, a loudspeaker. Each has a Null for a till that has none.

A device never holds a cashier up: what is asked of it is done on a thread of its own, and how that went is a value.
"""
