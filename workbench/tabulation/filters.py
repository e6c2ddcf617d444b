"""Conditions of who is in a table, in a closed little language: ``visits >= 1 and region in ('north', 'south')``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.errors import InputError, nearest

Bools = npt.NDArray[np.bool_]
COMPARISONS: Final[dict[type, Callable[[Any, Any], Any]]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: (a != b) & a.notna(),
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}


def rows_where(data: pd.DataFrame, condition: str) -> Bools:
    """Return which rows meet a condition; a missing value meets none.

    Parameters
    ----------
    data
        The table.
    condition
        Comparisons of a column with a number or a text (``=``, ``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``in``),
        joined by ``and``, ``or``, ``not`` and brackets. A column whose name is no word stands in backquotes.

    Raises
    ------
    InputError
        If it is anything else, or names a column that is not there.

    Examples
    --------
    >>> people = pd.DataFrame({"age": [20, 40, None], "city": ["a", "b", "b"]})
    >>> rows_where(people, "age > 30 or city in ('a', 'c')").tolist()
    [True, True, False]
    """
    text, named = _plain(condition)
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        raise _wrong(condition, "words that are no comparison") from None
    return _rows(tree, data, named, condition)


def _plain(condition: str) -> tuple[str, dict[str, str]]:
    """Return a condition with names in backquotes replaced by words, single equal signs doubled, and the names."""
    named: dict[str, str] = {}
    out, quote, at = [], "", 0
    while at < len(condition):
        c = condition[at]
        if quote:
            out.append(c)
            quote = "" if c == quote else quote
        elif c in "'\"":
            out.append(c)
            quote = c
        elif c == "`":
            end = condition.find("`", at + 1)
            if end < 0:
                raise _wrong(condition, "a backquote that is not closed")
            word = f"column_{len(named)}"
            named[word] = condition[at + 1 : end]
            out.append(word)
            at = end
        elif c == "=" and condition[at - 1 : at] not in ("=", "<", ">", "!") and condition[at + 1 : at + 2] != "=":
            out.append("==")
        else:
            out.append(c)
        at += 1
    return "".join(out), named


def _rows(node: ast.expr, data: pd.DataFrame, named: dict[str, str], condition: str) -> Bools:
    if isinstance(node, ast.BoolOp):
        parts = [_rows(v, data, named, condition) for v in node.values]
        joined = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        return np.asarray(joined.reduce(parts), dtype=bool)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ~_rows(node.operand, data, named, condition)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.left, ast.Name):
        column = named.get(node.left.id, node.left.id)
        if column not in data:
            raise InputError(
                "A condition names columns of the table.",
                found=f"{column!r}{nearest(column, [*map(str, data.columns)])}",
                fix="Correct the name.",
                where=condition,
            )
        series, operator, value = data[column], type(node.ops[0]), _value(node.comparators[0], condition)
        if operator in (ast.In, ast.NotIn):
            inside = series.isin(value if isinstance(value, list) else [value])
            return (inside if operator is ast.In else ~inside & series.notna()).to_numpy(dtype=bool)
        if operator in COMPARISONS and not isinstance(value, list):
            try:
                met = COMPARISONS[operator](series, value)
            except TypeError:
                raise _wrong(condition, f"{column!r} cannot be compared with {value!r}") from None
            return np.asarray(pd.Series(met).fillna(False).to_numpy(dtype=bool))
    raise _wrong(condition, ast.unparse(node))


def _value(node: ast.expr, condition: str) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value  # type: ignore[operator]
    if isinstance(node, ast.Tuple | ast.List):
        return [_value(v, condition) for v in node.elts]
    raise _wrong(condition, ast.unparse(node))


def _wrong(condition: str, found: str) -> InputError:
    return InputError(
        "A condition compares columns with numbers or texts: visits >= 1 and region in ('north', 'south').",
        found=found,
        fix="Write it so; texts stand in quotes, names with blanks in backquotes.",
        where=condition,
    )
