"""Codebooks: what the columns of a table mean, as the file that brought them says it or somebody wrote it down."""

from workbench.store.codebook.book import Codebook
from workbench.store.codebook.coded import Choice, CodedColumn, MissingCode, MultipleSet, spoken

__all__ = ["Choice", "Codebook", "CodedColumn", "MissingCode", "MultipleSet", "spoken"]
