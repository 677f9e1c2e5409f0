"""Through what clients write: channels, their credentials, and the journal of what they sent us."""
