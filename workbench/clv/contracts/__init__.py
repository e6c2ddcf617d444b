"""Contracts: who stays and who renews."""
