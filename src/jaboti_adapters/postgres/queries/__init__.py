"""Reads. Each is one statement and one round trip, whose rows the company's or user's own policies let through."""
