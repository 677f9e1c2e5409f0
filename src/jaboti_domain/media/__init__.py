"""Files that travel with messages: what they are, how large they may be, and whether they have arrived."""
