"""Survey wave workbench: from a customer list to a bilingual wave report."""

__version__ = "0.1.0"
