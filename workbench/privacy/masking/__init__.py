"""Masking of customers' words: what could identify somebody is replaced by what it is, before anybody else reads it."""

from workbench.privacy.masking.known import KnownValues, known_values
from workbench.privacy.masking.masker import MASKS, Masker, mask_personal

__all__ = ["MASKS", "KnownValues", "Masker", "known_values", "mask_personal"]
