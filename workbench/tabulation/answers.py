"""Questions with one answer each, and those where several could be ticked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from workbench.core.checks import number_column
from workbench.core.errors import InputError, nearest, require_columns
from workbench.core.language import Spoken, message
from workbench.tabulation.measured import Base, Kind, Measured, counting

NOBODY: Mapping[str, tuple[Any, ...]] = MappingProxyType({})


def single(
    column: str,
    *,
    name: str | None = None,
    label: Spoken | None = None,
    sort: bool = False,
    nets: Mapping[str, Sequence[Any]] = NOBODY,
    last: Sequence[Any] = (),
    asked: str | None = None,
) -> Single:
    """Put a question with one answer each into the rows.

    Parameters
    ----------
    column
        The column of answers.
    name, label
        Its name in the table, and how readers know it.
    sort
        Whether answers come by their frequency; those in `last` stay at the end.
    nets
        Name → answers that it puts together.
    last
        Answers that stay last, such as "other".
    asked
        Condition of who was asked, such as ``visits > 0``.

    Examples
    --------
    >>> data = pd.DataFrame({"brand": ["a", "b", "a", None]})
    >>> found = single("brand", nets={"any": ["a", "b"]}).measure(data, "answered")
    >>> found.labels, found.values.sum(axis=0).tolist(), found.base.sum(axis=0).tolist()
    (('any', 'a', 'b'), [3.0, 2.0, 1.0], [3.0])
    """
    return Single(name or column, label, column, sort, dict(nets), tuple(last), asked)


def multiple(
    choices: Mapping[str, str] | str,
    *,
    name: str | None = None,
    label: Spoken | None = None,
    none: str | None = None,
    separator: str = ";",
    nets: Mapping[str, Sequence[str]] = NOBODY,
    sort: bool = False,
    percent_of: Literal["respondents", "responses"] = "respondents",
    asked: str | None = None,
) -> Multiple:
    """Put a question where several answers could be ticked into the rows.

    Parameters
    ----------
    choices
        Choice → its 0/1 column; or one column whose cells list the choices.
    name, label, sort, asked
        As for `single`.
    none
        The 0/1 column, or the choice, that says "none of these"; it is no response and excludes the others.
    separator
        What stands between the choices of a cell.
    nets
        Name → choices of which any counts a person once.
    percent_of
        ``respondents``, whose shares add up to more than 1, or ``responses``.

    Examples
    --------
    >>> found = multiple("seen", separator=";").measure(pd.DataFrame({"seen": ["app;web", "web", None]}), "answered")
    >>> [str(n) for n in found.labels], found.values.sum(axis=0).tolist()
    (['app', 'web', 'Mentions a head'], [1.0, 2.0, 3.0])
    """
    told = choices if isinstance(choices, str) else dict(choices)
    return Multiple(
        name or (choices if isinstance(choices, str) else "choices"),
        label,
        told,
        none,
        separator,
        dict(nets),
        sort,
        percent_of,
        asked,
    )


@dataclass(frozen=True)
class Single:
    """A question with one answer each; see `single`."""

    name: str
    label: Spoken | str | None
    column: str
    sort: bool
    nets: Mapping[str, Sequence[Any]]
    last: tuple[Any, ...]
    asked: str | None

    def measure(self, data: pd.DataFrame, base: Base) -> Measured:
        """Return nets, each above its parts, and answers."""
        if self.column not in data:
            require_columns(map(str, data.columns), [self.column], where="data")
        series = data[self.column]
        row, values = pd.factorize(series)
        answers = _levels(series, values)
        unknown = [a for parts in self.nets.values() for a in parts if a not in answers]
        if unknown:
            raise InputError(
                f"A net of {self.name!r} puts answers together that were given.",
                found=f"{unknown[0]!r}{nearest(str(unknown[0]), [*map(str, answers)])}",
                fix=f"There are {', '.join(map(str, answers[:8]))}.",
                where="nets",
            )
        counted = counting(data, series.notna().to_numpy(), self.asked, base)
        index = {a: i for i, a in enumerate(answers)}
        level = np.array([*(index[v] for v in values), -1])
        codes = np.where(counted[:, 0] > 0, level[row], -1)
        hits = {a: codes == i for i, a in enumerate(answers)}
        if self.sort:
            answers = sorted(answers, key=lambda a: (a in self.last, -int(hits[a].sum()) if a not in self.last else 0))
        nets = {n: np.logical_or.reduce([hits[a] for a in parts]) for n, parts in self.nets.items()}
        labels: list[Spoken | str] = []
        kinds: list[Kind] = []
        columns: list[np.ndarray] = []
        of: dict[int, frozenset[int]] = {}
        left = list(answers)
        for net, inside in nets.items():
            place = len(labels)
            parts = [a for a in answers if a in self.nets[net]]
            labels += [net, *(str(a) for a in parts if a in left)]
            shown = [a for a in parts if a in left]
            kinds.append("net")
            kinds.extend("answer" for _ in shown)
            columns += [inside, *(hits[a] for a in shown)]
            of[place] = frozenset(range(place + 1, place + 1 + len(shown)))
            left = [a for a in left if a not in parts]
        labels += [str(a) for a in left]
        kinds += ["answer"] * len(left)
        columns += [hits[a] for a in left]
        return Measured(tuple(labels), tuple(kinds), np.column_stack(columns).astype(float), counted, of)


@dataclass(frozen=True)
class Multiple:
    """A question where several answers could be ticked; see `multiple`."""

    name: str
    label: Spoken | str | None
    choices: Mapping[str, str] | str
    none: str | None
    separator: str
    nets: Mapping[str, Sequence[str]]
    sort: bool
    percent_of: Literal["respondents", "responses"]
    asked: str | None

    def measure(self, data: pd.DataFrame, base: Base) -> Measured:
        """Return nets, choices, "none of these", and how many choices a person ticked."""
        ticked, answered, nothing = self._ticked(data)
        counted = counting(data, answered, self.asked, base)
        inside = counted[:, 0] > 0
        hits = {c: t & inside for c, t in ticked.items()}
        order = sorted(hits, key=lambda c: -int(hits[c].sum())) if self.sort else list(hits)
        mentions = np.sum([hits[c] for c in order], axis=0).astype(float)
        for net, parts in self.nets.items():
            unknown = [p for p in parts if p not in hits]
            if unknown:
                raise InputError(
                    f"The net {net!r} puts choices together.",
                    found=f"{unknown[0]!r}{nearest(unknown[0], hits)}",
                    fix=f"There are {', '.join(list(hits)[:8])}.",
                    where="nets",
                )
        if self.percent_of == "responses":
            columns = [hits[c].astype(float) for c in order]
            shares: tuple[Kind, ...] = tuple("answer" for _ in order)
            return Measured(tuple(order), shares, np.column_stack(columns), mentions[:, None], people=counted)
        nets = [np.logical_or.reduce([hits[p] for p in parts]).astype(float) for parts in self.nets.values()]
        columns = [*nets, *(hits[c].astype(float) for c in order)]
        labels: list[Spoken | str] = [*self.nets, *order]
        kinds: list[Kind] = ["net" for _ in nets]
        kinds.extend("answer" for _ in order)
        if nothing is not None:
            columns.append((nothing & inside).astype(float))
            labels.append(message("None of these"))
            kinds.append("answer")
        columns.append(mentions)
        labels.append(message("Mentions a head"))
        kinds.append("mean")
        places = {c: len(nets) + i for i, c in enumerate(order)}
        of = {i: frozenset(places[p] for p in parts) for i, parts in enumerate(self.nets.values())}
        return Measured(tuple(labels), tuple(kinds), np.column_stack(columns), counted, of)

    def _ticked(self, data: pd.DataFrame) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray | None]:
        if isinstance(self.choices, str):
            require_columns(map(str, data.columns), [self.choices], where="data")
            cells = data[self.choices]
            answered = cells.notna().to_numpy()
            lists = [set() if c is None or c != c else _parts(str(c), self.separator) for c in cells]
            named = list(dict.fromkeys(p for c in cells.dropna() for p in _ordered(str(c), self.separator)))
            ticked = {c: np.array([c in told for told in lists]) for c in named}
            nothing = ticked.pop(self.none, None) if self.none is not None else None
        else:
            wanted = [*self.choices.values(), *([self.none] if self.none else [])]
            require_columns(map(str, data.columns), wanted, where="data")
            numbers = {c: number_column(data, c, where="data") for c in wanted}
            wrong = [c for c, v in numbers.items() if not np.isin(v[np.isfinite(v)], (0.0, 1.0)).all()]
            if wrong:
                raise InputError(
                    "A choice is 1 where it was ticked and 0 where it was not.",
                    found=f"other values in {wrong[0]!r}",
                    fix="Recode the column, or name another.",
                    where="choices",
                )
            answered = np.logical_or.reduce([np.isfinite(v) for v in numbers.values()])
            ticked = {name: numbers[c] == 1 for name, c in self.choices.items()}
            nothing = numbers[self.none] == 1 if self.none else None
        if nothing is not None and ticked:
            both = nothing & np.logical_or.reduce(list(ticked.values()))
            if both.any():
                raise InputError(
                    "Who ticked 'none of these' ticked nothing else.",
                    found=f"{int(both.sum())} rows with both",
                    fix="Look at them, and make one of the two missing.",
                    where=self.name,
                )
        return ticked, answered, nothing


def _levels(series: pd.Series, values: pd.Index) -> list[Any]:
    if not len(values):
        raise InputError(
            message("There is at least one answer."),
            found=message("{columns}: missing in all rows", columns=str(series.name)),
            fix=message("Choose another column."),
            where="data",
        )
    if isinstance(series.dtype, pd.CategoricalDtype):
        return list(series.cat.categories)
    return sorted(values.tolist(), key=lambda v: (isinstance(v, str), v))


def _ordered(text: str, separator: str) -> list[str]:
    return [p for part in text.split(separator) if (p := part.strip())]


def _parts(text: str, separator: str) -> set[str]:
    return set(_ordered(text, separator))
