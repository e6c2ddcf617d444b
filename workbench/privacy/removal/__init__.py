"""Taking one customer out of files: what is sought, and how each kind of file is rewritten without it."""

from workbench.privacy.removal.files import Removed, remove_from, unreadable
from workbench.privacy.removal.sought import REMOVED, Sought, is_distinctive

__all__ = ["REMOVED", "Removed", "Sought", "is_distinctive", "remove_from", "unreadable"]
