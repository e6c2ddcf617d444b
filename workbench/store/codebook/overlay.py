"""A codebook that somebody wrote, laid over the one a file brings: what it says counts, what it leaves open stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.core.errors import ConfigError, few_names, nearest
from workbench.store.codebook.book import Codebook
from workbench.store.codebook.texts import codebook_from_yaml, plain_parts, plain_yaml


def overlaid(
    book: Codebook, text: str, *, renamed: Mapping[str, str] | None = None, where: str = "codebook.yaml"
) -> Codebook:
    """Return a codebook with what a ``codebook.yaml`` says about it.

    Parameters
    ----------
    book
        What the file says.
    text
        The YAML; it may name a few columns, and of each a few keys only.
    renamed
        Column of the file → its name in the wave: either may be used.
    where
        The file, for errors.

    Returns
    -------
    Codebook
        By the names of `book`.

    Raises
    ------
    ConfigError
        If it is not a codebook, or names a column that is not there.

    Examples
    --------
    >>> from workbench.store.codebook import CodedColumn, Codebook
    >>> book = Codebook((CodedColumn("Q1", {"und": "How?"}, "number"),))
    >>> told = overlaid(book, "columns: {score: {kind: scale}}", renamed={"Q1": "score"}).column("Q1")
    >>> told.kind, told.question("en")
    ('scale', 'How?')
    """
    codebook_from_yaml(text, where=where)  # says what is wrong with it, by its own places
    own = plain_yaml(text, where=where)
    base = plain_parts(
        columns=book.columns, sets=book.sets, notes=book.notes, tool=book.tool, weight=book.weight, title=book.title
    )
    origin = {name: column for column, name in (renamed or {}).items()}
    columns: dict[str, Any] = base.get("columns", {})
    unknown = [str(n) for n in own.get("columns", {}) if origin.get(str(n), str(n)) not in columns]
    if unknown:
        known = [*columns, *origin]
        raise ConfigError(
            "A codebook describes columns that are there.",
            found=f"{few_names(unknown)}: no such column{nearest(unknown[0], known)}",
            fix="Correct the name, or remove it from the codebook.",
            where=where,
        )
    for name, entry in own.get("columns", {}).items():
        place = origin.get(str(name), str(name))
        columns[place] = {**columns[place], **(entry or {})}
    for name, entry in own.get("sets", {}).items():
        told = {**entry, "columns": [origin.get(str(c), str(c)) for c in entry.get("columns", [])]}
        base.setdefault("sets", {})[name] = {**base.get("sets", {}).get(name, {}), **told}
    rest = {k: v for k, v in own.items() if k not in ("columns", "sets")}
    if isinstance(rest.get("weight"), str):
        rest["weight"] = origin.get(rest["weight"], rest["weight"])
    return Codebook(**codebook_from_yaml({**base, **rest, "columns": columns}, where=where))
