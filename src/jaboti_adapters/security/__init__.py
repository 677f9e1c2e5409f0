"""Passwords, tokens, and the vault for the channels' credentials."""
