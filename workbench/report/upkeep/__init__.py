"""Keeping a study's promises: erasing a customer, and letting go of what is past its days."""
