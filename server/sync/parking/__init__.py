"""Parking: what nobody expected to fail is set aside, and what was set aside is decided later."""
