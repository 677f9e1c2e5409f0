"""What is done with companies, their departments and their members."""
