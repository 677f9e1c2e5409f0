"""Who attendants work for: companies, their departments, and who is a member in which role."""
