"""What was asked, as the codebook of the answers says it, and what became of the files: shown on the page as tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.core.language import LANGUAGES, Message, message
from workbench.core.names import RECOMMEND, Column
from workbench.store import Wave
from workbench.store.codebook import Codebook, CodedColumn, spoken
from workbench.store.codebook.book import KIND_WORDS, MISSING_WORDS
from workbench.store.codebook.coded import code_text
from workbench.store.config.parts import Words
from workbench.store.inspection import Inspection
from workbench.store.taken_in import taken_in

MOST_CHOICES, LONGEST = 11, 60
ASKED_COLUMNS: Mapping[str, Column] = {
    "column": Column(message("Column of the file")),
    "question": Column(message("Question asked")),
    "kind": Column(message("Kind of answer")),
    "choices": Column(message("Answers to choose from")),
    "missing": Column(message("Means no answer")),
    "answered": Column(message("Answers given"), "int"),
}
FILES_COLUMNS: Mapping[str, Column] = Inspection.shown


def no_codebook(wave: Wave) -> Message | None:
    """Say why there is nothing to show of what was asked; nothing where there is a codebook.

    Parameters
    ----------
    wave
        The wave.
    """
    entry = wave.manifest.tables.get("responses")
    if entry is not None and entry.codebook and _asked(wave, wave.codebook()):
        return None
    return message("Nothing is known of the questions behind the answers.")


def asked_table(wave: Wave) -> pd.DataFrame:
    """Return the questions of the answers, as the codebook has them.

    Parameters
    ----------
    wave
        A wave with answers and their codebook.

    Returns
    -------
    DataFrame
        ``column``, ``question``, ``kind``, ``choices``, ``missing`` (codes that mean no answer) and ``answered``; only
        questions with an answer to choose from, or that a chapter uses: ids, names and texts of respondents are none.
    """
    book = wave.codebook()
    asked = _asked(wave, book)
    answers = wave.read("responses", columns=[c.name for c in asked])
    rows = [
        {
            "column": c.tool_id or c.name,
            "question": _question(c, book),
            "kind": KIND_WORDS[c.kind],
            "choices": _choices(c),
            "missing": _missing(c),
            "answered": int(answers[c.name].notna().sum()),
        }
        for c in asked
    ]
    return pd.DataFrame(rows, columns=list(ASKED_COLUMNS))


def files_table(wave: Wave) -> pd.DataFrame:
    """Return what became of the rows of every file, and what was found about it.

    Parameters
    ----------
    wave
        The wave.

    Returns
    -------
    DataFrame
        As `workbench.store.inspection.taken_in` has it.
    """
    return taken_in(wave.intake_reports())


def _asked(wave: Wave, book: Codebook) -> list[CodedColumn]:
    present = set(wave.columns("responses"))
    used = {RECOMMEND, *wave.config.questions, *wave.config.loyalty.by}
    in_sets = {c for s in book.sets for c in s.columns}
    closed = ("scale", "single", "multiple", "rank")
    return [
        c
        for c in book.columns
        if c.name in present
        and (
            c.name in used
            or c.name in in_sets
            or (c.kind in closed and c.choices and c.text and c.text != {"und": c.name})
        )
    ]


def _question(column: CodedColumn, book: Codebook) -> Words:
    """Return the question of a column; of one that is a choice of a question, both."""
    own = next((s for s in book.sets if column.name in s.columns), None)
    texts = {}
    for language in LANGUAGES:
        text = column.question(language)
        over = spoken(own.label, language) if own is not None else ""
        texts[language] = f"{over or own.name}: {text}" if own is not None else text
    return Words.model_validate(texts)


def _choices(column: CodedColumn) -> Words:
    texts = {}
    for language in LANGUAGES:
        parts = []
        for choice in column.valid[:MOST_CHOICES]:
            code, label = code_text(choice.code), choice.label(language)
            parts.append(code[:LONGEST] if label == code else f"{code} {label}"[:LONGEST])
        rest = len(column.valid) - MOST_CHOICES
        texts[language] = " · ".join(parts) + (f" … (+{rest})" if rest > 0 else "")
    return Words.model_validate(texts)


def _missing(column: CodedColumn) -> Words:
    return Words.model_validate(
        {
            language: " · ".join(f"{m.shown} {MISSING_WORDS[m.kind].text(language)}" for m in column.missing)
            for language in LANGUAGES
        }
    )
