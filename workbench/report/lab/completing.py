"""Names inside quotes complete with Tab: waves, tables, columns and questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.engine import Table
from workbench.core.results import Result
from workbench.store import Wave
from workbench.store.wave import find_folder
from workbench.store.wave_file import wave_files

OPENERS = ("Wave.open", "wave_folder")
TABLE_METHODS = ("table", "read", "has", "path", "columns")
QUESTION_METHODS = ("tabulate", "plot", "trend", "nps")
# what stands beside the answers in one line of a notebook, wherever it is kept
GROUPS = {"frame": (), "tiers": ("tier",), "segments": ("segment",), "values": ("value_class",)}
PAIRS = {")": "(", "]": "[", "}": "{"}
NAME = re.compile(r"[A-Za-z_][\w.]*$")
FIRST_ARGUMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:[.,)\[]|$)")


def load_ipython_extension(shell: Any) -> None:
    """Load changed modules again before each cell, and complete tables, columns and waves inside quotes.

    Parameters
    ----------
    shell
        The interactive shell of the kernel.
    """
    shell.run_line_magic("load_ext", "autoreload")
    shell.run_line_magic("autoreload", "2")

    def inside_quotes(context: Any) -> dict[str, Any]:
        from IPython.core.completer import SimpleCompletion

        before = context.full_text[: _offset(context)]
        typed, names = names_for(before, shell.user_ns)
        return {
            "completions": [SimpleCompletion(text=n, type="name") for n in names],
            "matched_fragment": typed,
            "suppress": bool(names),  # of files, which Jupyter offers inside quotes
        }

    # set by attribute, because IPython reads them there
    inside_quotes.matcher_api_version = 2  # type: ignore[attr-defined]
    inside_quotes.matcher_identifier = "workbench"  # type: ignore[attr-defined]
    shell.Completer.custom_matchers.append(inside_quotes)


def names_for(before: str, namespace: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return what may stand inside the quotes that are open before the cursor.

    Parameters
    ----------
    before
        The cell's text before the cursor.
    namespace
        The variables of the notebook.

    Returns
    -------
    tuple of str and list of str
        What has been typed inside the quotes, and the names that begin with it: waves for `Wave.open`, tables and
        artefacts for the methods of a wave, else the columns of the table that the call is about.

    Examples
    --------
    >>> answers = pd.DataFrame({"recommend": [9], "region": ["north"]})
    >>> names_for('net_promoter_score(answers, "re', {"answers": answers})
    ('re', ['recommend', 'region'])
    >>> names_for('answers.groupby(["reg', {"answers": answers})
    ('reg', ['region'])
    >>> names_for("'done' + re", {"answers": answers})
    ('', [])
    """
    found = _open_call(before)
    if found is None:
        return "", []
    caller, arguments, typed = found
    if caller.endswith(OPENERS):
        return typed, _starting(typed, _waves())
    owner, _, method = caller.rpartition(".")
    wave = namespace.get(owner)
    if isinstance(wave, Wave) and method in TABLE_METHODS:
        return typed, _starting(typed, [*wave.manifest.tables, *wave.manifest.artefacts])
    if isinstance(wave, Wave) and method == "quarantine":
        return typed, _starting(typed, wave.manifest.tables)
    if isinstance(wave, Wave) and method in QUESTION_METHODS:
        return typed, _starting(typed, _questions(wave))
    if isinstance(wave, Wave) and method == "adopt":
        return typed, _starting(typed, wave.by_hand)
    first = FIRST_ARGUMENT.match(arguments)
    about = [namespace.get(owner)] if owner else []
    about += [namespace.get(first[1])] if first else []
    about += [namespace.get(caller)] if not owner else []
    for thing in about:
        columns = _columns(thing)
        if columns:
            return typed, _starting(typed, columns)
    return typed, []


def _offset(context: Any) -> int:
    """Return where the cursor stands in a cell's text."""
    lines = context.full_text.split("\n")
    return sum(len(line) + 1 for line in lines[: context.cursor_line]) + int(context.cursor_position)


def _open_call(before: str) -> tuple[str, str, str] | None:
    """Return the innermost call or index around the open quotes: its name, what stands before them, and in them."""
    opened: list[tuple[str, int]] = []
    quote, begun, i = "", 0, 0
    while i < len(before):
        char = before[i]
        if quote:
            if char == "\\":
                i += 1
            elif before.startswith(quote, i):
                i += len(quote) - 1
                quote = ""
        elif char in "\"'":
            quote = before[i : i + 3] if before[i : i + 3] == char * 3 else char
            begun = i + len(quote)
            i += len(quote) - 1
        elif char == "#":
            i = before.find("\n", i)
            if i < 0:
                return None
        elif char in "([{":
            opened.append((char, i))
        elif char in ")]}" and opened and opened[-1][0] == PAIRS[char]:
            opened.pop()
        i += 1
    if not quote:
        return None
    for char, place in reversed(opened):
        caller = NAME.search(before[:place].rstrip())
        if char in "([" and caller:
            return caller[0], before[place + 1 : begun], before[begun:]
    return None


def _columns(thing: Any) -> list[str]:
    if isinstance(thing, Result):
        thing = thing.table
    if isinstance(thing, pd.DataFrame):
        return [str(c) for c in thing.columns]
    return list(thing.columns) if isinstance(thing, Table) else []


def _questions(wave: Wave) -> list[str]:
    """Return the questions of a wave, its sets, and what groups can be made of."""
    own = [*wave.columns("respondents"), *wave.config.questions, *wave.config.sets]
    joined = [c for table, only in GROUPS.items() for c in wave.columns(table) if not only or c in only]
    return list(dict.fromkeys([*own, *joined]))


def _waves() -> list[str]:
    data = find_folder(Path("data"))
    return [str(p.parent.relative_to(data.parent)) for p in wave_files(data)]


def _starting(typed: str, names: Iterable[str]) -> list[str]:
    return [n for n in names if n.startswith(typed)]
