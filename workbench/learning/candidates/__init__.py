"""Candidates: simple rules, a probability model, and learnt ones, each asked for the chance to buy."""
