"""What every room stands on: errors, language, column names, results, tables, charts and the SQL engine.

Results are in `workbench.core.results`: they bring pandas along, which the command line's own words do without.
"""

from workbench.core.errors import InputError, UntrustedWarning, WorkbenchError
from workbench.core.language import Language, Message, message, use_language

__all__ = [
    "InputError",
    "Language",
    "Message",
    "UntrustedWarning",
    "WorkbenchError",
    "message",
    "use_language",
]
