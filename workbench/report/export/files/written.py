"""What was written: the files, the names of the variables in them, and everything that a format could not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Written(Result):
    """Files that were written for a statistics program.

    Attributes
    ----------
    table
        One row per variable: column of the table, variable of the file, label.
    files
        The files, the data first.
    """

    files: tuple[Path, ...] = ()

    caption: ClassVar[Message] = message("Variables of the file")
    columns: ClassVar[Mapping[str, Column]] = {
        "column": Column(message("Column of the table")),
        "variable": Column(message("Variable")),
        "label": Column(message("Label")),
    }

    @property
    def lost(self) -> tuple[Message, ...]:
        """What the format could not hold, a sentence each."""
        return tuple(n.message for n in self.notes)


def written(rows: Sequence[tuple[str, str, str]], files: Sequence[Path], lost: Sequence[Message]) -> Written:
    """Return what was written, from the variables' (column, variable, label), the files and what was lost."""
    table = pd.DataFrame(rows, columns=["column", "variable", "label"])
    return Written(table=table, files=tuple(files), notes=tuple(Note(m, "caution") for m in lost))
