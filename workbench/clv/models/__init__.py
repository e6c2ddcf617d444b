"""Models of buying, leaving and spending."""
