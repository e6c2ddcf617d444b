"""The codebook of a table: what each of its columns means, which of them make one question, and which is the weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from workbench.core.errors import InputError, few_names, nearest
from workbench.core.language import Message, current_language, message
from workbench.core.names import Column
from workbench.core.tables import html_table
from workbench.store.codebook.coded import CodedColumn, MultipleSet, Texts, code_text, spoken
from workbench.store.codebook.texts import codebook_from_yaml, codebook_to_yaml
from workbench.store.columns import COLUMN, KIND

MOST_CHOICES = 12
KIND_WORDS: Mapping[str, Message] = {
    "single": message("one choice"),
    "multiple": message("several choices"),
    "scale": message("scale"),
    "number": message("number"),
    "text": message("free text"),
    "date": message("date"),
    "rank": message("rank"),
    "id": message("id"),
    "weight": message("weight"),
}
MISSING_WORDS: Mapping[str, Message] = {
    "refused": message("refused"),
    "skipped": message("skipped"),
    "not_shown": message("not shown"),
    "other": message("no answer"),
}


@dataclass(frozen=True, repr=False)
class Codebook:
    """What the columns of a table mean; alone in a cell it shows them.

    Attributes
    ----------
    columns
        One entry per column, in the table's order.
    sets
        Questions of several answers, over several columns.
    notes
        What the file says about itself, and what was lost on the way.
    tool
        The program or service that wrote the file.
    weight
        The column with the weight that the file goes by.
    title
        Language → the questionnaire's title.

    Examples
    --------
    >>> from workbench.store.codebook import Choice, CodedColumn, Codebook
    >>> yes_no = (Choice(1, {"en": "Yes"}), Choice(2, {"en": "No"}))
    >>> book = Codebook((CodedColumn("Q1", {"en": "Are you content?"}, "single", yes_no),), tool="spss")
    >>> book.column("Q1").kind
    'single'
    >>> Codebook.from_yaml(book.to_yaml()) == book
    True
    """

    columns: tuple[CodedColumn, ...] = ()
    sets: tuple[MultipleSet, ...] = ()
    notes: tuple[str, ...] = ()
    tool: str = ""
    weight: str | None = None
    title: Texts = field(default_factory=dict)

    caption: ClassVar[Message] = message("Codebook")
    shown: ClassVar[Mapping[str, Column]] = {
        "column": COLUMN,
        "question": Column(message("Question")),
        "kind": KIND,
        "choices": Column(message("Choices")),
        "missing": Column(message("No answer")),
        "set": Column(message("Set")),
    }

    def __post_init__(self) -> None:
        names = [c.name for c in self.columns]
        twice = sorted({n for i, n in enumerate(names) if n in names[:i]})
        if twice:
            raise InputError(
                "A codebook has one entry per column.",
                found=f"{', '.join(twice)} twice",
                fix="Remove one of them.",
                where="codebook",
            )
        known = set(names)
        lost = [f"{s.name}: {c}" for s in self.sets for c in s.columns if c not in known]
        lost += [f"weight: {self.weight}"] if self.weight is not None and self.weight not in known else []
        if lost:
            raise InputError(
                "Sets and the weight name columns of the codebook.",
                found=few_names(lost),
                fix="Add the columns, or correct the names.",
                where="codebook",
            )

    def __contains__(self, name: object) -> bool:
        return any(c.name == name for c in self.columns)

    def column(self, name: str) -> CodedColumn:
        """Return what one column means.

        Raises
        ------
        InputError
            If the codebook has no such column.
        """
        found = next((c for c in self.columns if c.name == name), None)
        if found is None:
            names = [c.name for c in self.columns]
            raise InputError(
                f"The codebook has the column {name!r}.",
                found=f"columns {few_names(names, like=[name])}",
                fix=f"Name one of them{nearest(name, names)}",
                where="codebook",
            )
        return found

    def only(self, names: Iterable[str]) -> Codebook:
        """Return the codebook of some columns; sets keep those of their columns that are left.

        Examples
        --------
        >>> from workbench.store.codebook import CodedColumn, Codebook
        >>> Codebook((CodedColumn("a"), CodedColumn("b"))).only(["b"]).table["column"].to_list()
        ['b']
        """
        kept = set(names)
        columns = tuple(c for c in self.columns if c.name in kept)
        sets = [
            MultipleSet(s.name, s.label, left, s.counted)
            for s in self.sets
            if (left := tuple(c for c in s.columns if c in kept))
        ]
        weight = self.weight if self.weight in kept else None
        return Codebook(columns, tuple(sets), self.notes, self.tool, weight, self.title)

    @property
    def table(self) -> pd.DataFrame:
        """One row per column in the current language: column, question, kind, choices, missing, set."""
        language = current_language()
        rows = [
            {
                "column": c.name,
                "question": spoken(c.text, language),
                "kind": KIND_WORDS[c.kind].text(language),
                "choices": _listed([_choice(code_text(o.code), o.label(language)) for o in c.choices]),
                "missing": _listed([f"{m.shown} {MISSING_WORDS[m.kind].text(language)}" for m in c.missing]),
                "set": c.set_name or "",
            }
            for c in self.columns
        ]
        return pd.DataFrame(rows, columns=list(self.shown))

    def to_yaml(self) -> str:
        """Return the codebook as text to be edited: ``codebook.yaml`` beside ``wave.yaml``.

        See Also
        --------
        from_yaml : reads it back; nothing is lost.
        """
        return codebook_to_yaml(
            columns=self.columns,
            sets=self.sets,
            notes=self.notes,
            tool=self.tool,
            weight=self.weight,
            title=self.title,
        )

    @classmethod
    def from_yaml(cls, text: str, *, where: str = "codebook.yaml") -> Codebook:
        """Read a codebook from the text that `to_yaml` writes, or that somebody edited.

        Parameters
        ----------
        text
            YAML.
        where
            The file, for errors.

        Raises
        ------
        ConfigError
            If it is not YAML or has a key that is not known, with the place and the nearest known key.
        """
        return cls(**codebook_from_yaml(text, where=where))

    def _repr_html_(self) -> str:
        language = current_language()
        title = spoken(self.title, language)
        return html_table(
            self.table,
            caption=title or self.caption,
            columns=self.shown,
            language=language,
            notes=[message("{note}", note=n) for n in self.notes],
        )

    def __repr__(self) -> str:
        lines = [f"Codebook of {len(self.columns)} columns ({self.tool or 'no tool'})"]
        lines += [self.table.to_string(index=False, max_rows=20, max_colwidth=40)] if self.columns else []
        return "\n".join([*lines, *(f"note: {n}" for n in self.notes)])


def _choice(code: str, label: str) -> str:
    return code if label == code else f"{code} {label}"


def _listed(parts: list[str]) -> str:
    rest = len(parts) - MOST_CHOICES
    return " · ".join(parts[:MOST_CHOICES]) + (f" … (+{rest})" if rest > 0 else "")
