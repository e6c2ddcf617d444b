"""What every room stands on: errors, results, language, column names, tables, charts and the SQL engine."""

from workbench.core.errors import InputError, UntrustedWarning, WorkbenchError
from workbench.core.language import Language, Message, message, use_language
from workbench.core.results import Note, Result

__all__ = [
    "InputError",
    "Language",
    "Message",
    "Note",
    "Result",
    "UntrustedWarning",
    "WorkbenchError",
    "message",
    "use_language",
]
