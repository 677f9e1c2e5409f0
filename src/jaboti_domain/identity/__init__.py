"""Who people are: users, and the sessions in which they work."""
