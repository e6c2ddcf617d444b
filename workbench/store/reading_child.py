"""The process in which native readers run: it may run out of memory or crash, and nothing else does.

It is started by its path, stands on the standard library alone and imports a reader when it is asked for one, so that
it costs little. Requests and answers are pickles on its standard streams; it ends when the requests do.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from typing import Any, Final

ENCODINGS: Final = (None, "GB18030", "WINDOWS-1252")


def workbook(content: bytes | None, path: str, sheet: str | None, cells: bool) -> dict[str, Any]:
    """Return the sheets of a workbook, how large they are, and the cells of one.

    Parameters
    ----------
    content
        The workbook where it was unlocked in memory, None to read the file.
    path
        The file.
    sheet
        The sheet whose cells are wanted; None takes the first where it is a table, else the first that is one.
    cells
        Whether cells are wanted.
    """
    import io

    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_object(path if content is None else io.BytesIO(content))
    names = book.sheet_names
    tables = []
    for name in names:
        try:
            page = book.get_sheet_by_name(name)
        except (OSError, ValueError):  # a sheet that is a chart has no cells
            continue
        if page.height >= 2 and page.width >= 2:
            tables.append(name)
    found: dict[str, Any] = {"names": names, "tables": tables}
    chosen = sheet or (names[0] if names[:1] == tables[:1] or not tables else tables[0])
    if cells and chosen in names:
        page = book.get_sheet_by_name(chosen)
        found["cells"] = page.to_python(skip_empty_area=False)
        found["merged"] = list(page.merged_cell_ranges or ())
    return found


def statistics(path: str, kind: str) -> tuple[Any, Any, str | None]:
    """Return rows, what the file says about its columns, and how its texts were read.

    Parameters
    ----------
    path
        The file.
    kind
        What it is: ``spss``, ``spss portable``, ``sas``, ``sas transport`` or ``stata``.
    """
    import pyreadstat

    readers: dict[str, Callable[..., tuple[Any, Any]]] = {
        "spss": lambda p, **k: pyreadstat.read_sav(p, user_missing=True, **k),
        "spss portable": lambda p, **_: pyreadstat.read_por(p),
        "sas": lambda p, **k: pyreadstat.read_sas7bdat(p, user_missing=True, **k),
        "sas transport": pyreadstat.read_xport,
        "stata": lambda p, **k: pyreadstat.read_dta(p, user_missing=True, **k),
    }
    problem: Exception | None = None
    for encoding in ENCODINGS:
        told = {"encoding": encoding} if encoding else {}
        try:
            frame, meta = readers[kind](path, **told)
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError) as error:
            problem = problem or error
            continue
        return frame, meta, encoding
    assert problem is not None
    raise problem


def catalogue(path: str) -> dict[str, dict[Any, str]]:
    """Return the labels of a catalogue of SAS: name of the format → code → label."""
    import pyreadstat

    return {name: dict(labels) for name, labels in pyreadstat.read_sas7bcat(path)[1].value_labels.items()}


READERS: Final[dict[str, Callable[..., Any]]] = {
    "workbook": workbook,
    "statistics": statistics,
    "catalogue": catalogue,
}


def limit_memory(more_bytes: int) -> None:
    """Let this process take so much memory more than it has; where there are no limits, as it likes."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as told:  # noqa: PTH123 - pathlib is a slow import
            taken = int(told.read().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (taken + more_bytes, hard))
    except (ImportError, OSError, ValueError):
        return


def serve() -> None:
    """Answer requests until there are no more."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while True:
        try:
            reader, arguments, more_bytes = pickle.load(requests)
        except EOFError:
            return
        limit_memory(more_bytes)
        answer: tuple[str, Any]
        try:
            answer = ("read", READERS[reader](*arguments))
            sent = pickle.dumps(answer, protocol=5)
        except MemoryError:
            sent = pickle.dumps(("memory", ""))
        except BaseException as error:  # noqa: BLE001 - also what a native reader panics with
            sent = pickle.dumps(("refused", f"{error}"[:500] or type(error).__name__))
        answers.write(sent)
        answers.flush()


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    serve()
