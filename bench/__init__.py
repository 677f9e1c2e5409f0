"""How fast, and how large: run with `make bench`."""
