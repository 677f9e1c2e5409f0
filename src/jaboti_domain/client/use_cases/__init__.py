"""What people do with clients, as far as no chat is concerned."""
