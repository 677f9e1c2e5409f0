"""Who did what: a log that can't be changed quietly."""
