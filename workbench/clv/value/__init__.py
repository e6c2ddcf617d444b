"""What customers are worth, and what they cost."""
