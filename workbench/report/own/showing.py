"""How a study's own chapter shows what its cells return: as the blocks of a page, where they may stand on one.

An analyst's notebook ends its cells with a result, a table or a picture. In JupyterLab they show themselves; when the
notebook runs as a chapter they become blocks, whose counts of people are hidden with those of the whole edition.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection
from html import escape
from typing import Any

import pandas as pd

from workbench.core.language import LANGUAGES, Language, message
from workbench.core.names import CUSTOMER_ID
from workbench.core.results import Result
from workbench.report.chapters.tables.views import shown_table
from workbench.report.site.blocks import Block, table
from workbench.report.site.pictures import png_html
from workbench.tabulation import Tabulation

MOST_ROWS = 200
# columns of single people, whatever else a table has
OF_ONE_PERSON = frozenset(
    {CUSTOMER_ID, "invitation_id", "name", "phone", "mobile", "email", "address", "comment", "text", "psu_id"}
)
FIRST_CROSSTAB = 900  # behind the numbers of chapter 55


class Shower:
    """Makes blocks of what cells return, each with an address of its own."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.shown: list[Any] = []

    def result(self, shown: Result) -> dict[str, Any]:
        """Return a result as a block: its table as its page has it, with its notes."""
        if isinstance(shown, Tabulation):
            number = FIRST_CROSSTAB + self._number("crosstab")
            return shown_table(shown, "-".join(shown.questions), number)._repr_mimebundle_()
        columns = set(map(str, shown.shown_table("en").columns))
        refused = self._refused(columns, len(shown.table))
        return refused or table(shown, self._address("table"))._repr_mimebundle_()

    def frame(self, shown: pd.DataFrame) -> dict[str, Any]:
        """Return a table as a block."""
        rows = shown if isinstance(shown.index, pd.RangeIndex) else shown.reset_index()
        rows = rows.rename(columns=str)
        refused = self._refused(set(rows.columns), len(rows))
        return refused or table(rows, self._address("table"), message("Table"))._repr_mimebundle_()

    def picture(self, shown: Any) -> dict[str, Any]:
        """Return a picture as a block; what it draws is not known, so it is the analyst who answers for it."""
        self.shown.append(shown)
        name, alt = self._address("picture"), message("Picture")
        html: dict[Language, str] = {
            n: f'<figure id="{escape(name)}" class="chart">{png_html(shown, alt.text(n))}</figure>' for n in LANGUAGES
        }
        return Block("figure", name, html)._repr_mimebundle_()

    def axes(self, _: Any) -> dict[str, Any]:
        """Return nothing to see: where a cell returns axes, the picture they lie in is shown by itself."""
        return Block("notes", self._address("axes"), dict.fromkeys(LANGUAGES, ""))._repr_mimebundle_()

    def pictures_left(self) -> None:
        """Show the pictures that a cell drew and did not return, as JupyterLab does, and close them."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        from IPython.display import display

        for drawn in map(pyplot.figure, pyplot.get_fignums()):
            if not any(drawn is s for s in self.shown):
                display(drawn)  # type: ignore[no-untyped-call]
        pyplot.close("all")
        self.shown.clear()

    def _refused(self, columns: Collection[str], rows: int) -> dict[str, Any]:
        told = sorted({c for c in columns if c.lower() in OF_ONE_PERSON})
        if told:
            return {"text/plain": f"a table with {', '.join(told)}: pages show groups, not single people"}
        if rows > MOST_ROWS:
            return {"text/plain": f"a table of {rows} rows: pages show at most {MOST_ROWS}, of groups"}
        return {}

    def _address(self, kind: str) -> str:
        return f"{kind}-{self._number(kind)}"

    def _number(self, kind: str) -> int:
        self.seen[kind] += 1
        return self.seen[kind]


def prepare(home: str) -> None:
    """Prepare a kernel for a study's own chapter.

    Parameters
    ----------
    home
        Folder of the notebook: modules that lie there can be imported.
    """
    from IPython.core.getipython import get_ipython

    sys.path.insert(0, home)
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        shower = register(shell.display_formatter.mimebundle_formatter)
        shell.events.register("post_run_cell", lambda *_: shower.pictures_left())


def register(formatter: Any) -> Shower:
    """Let results, tables and pictures become blocks where cells return them."""
    shower = Shower()
    kinds: dict[Any, Callable[[Any], dict[str, Any]]] = {
        Result: shower.result,
        pd.DataFrame: shower.frame,
        "matplotlib.figure.Figure": shower.picture,
        "matplotlib.axes._axes.Axes": shower.axes,
    }
    for kind, made in kinds.items():
        formatter.for_type(kind, lambda shown, _made=made, **_: _made(shown))
    return shower
