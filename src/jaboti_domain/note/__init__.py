"""What attendants write down for each other, about a client or a chat."""
