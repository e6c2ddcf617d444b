"""The chapter on who will buy again, whom to call, and what to offer."""
