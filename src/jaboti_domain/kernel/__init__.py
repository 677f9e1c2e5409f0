"""The few things that every subdomain shares."""
