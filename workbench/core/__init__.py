"""What every room stands on: errors, language, column names, results, tables, charts and the SQL engine."""

from typing import TYPE_CHECKING, Any

from workbench.core.errors import InputError, UntrustedWarning, WorkbenchError
from workbench.core.language import Language, Message, message, use_language

if TYPE_CHECKING:
    from workbench.core.results import Note as Note
    from workbench.core.results import Result as Result

__all__ = [
    "InputError",
    "Language",
    "Message",
    "UntrustedWarning",
    "WorkbenchError",
    "message",
    "use_language",
]


def __getattr__(name: str) -> Any:
    # results bring pandas along, which the command line's own words do without
    if name in ("Note", "Result"):
        from workbench.core import results

        return getattr(results, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
