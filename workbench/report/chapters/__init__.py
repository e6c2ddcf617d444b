"""One module per chapter: what its notebook needs and makes, and how its findings are put into words."""
