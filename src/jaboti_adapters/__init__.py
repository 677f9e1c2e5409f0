"""What answers the domain's ports: one package per technology, each ignorant of the others."""
