"""What is done with what is held on people."""
