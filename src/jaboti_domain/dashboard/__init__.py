"""What supervisors look at: figures of the company's chats, and how each user arranges them."""
