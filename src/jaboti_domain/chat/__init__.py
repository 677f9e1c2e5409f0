"""The heart: a client's conversation, from the first greeting to the end."""
