"""What the law (LGPD) gives a person: to see all that is held on them, and to be forgotten."""
