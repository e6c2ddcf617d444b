"""All kinds of files the workbench recognises, and which of them a file is: told by its content, never its name."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.errors import InputError
from workbench.core.language import Message
from workbench.store.formats import (
    customer_systems,
    forms,
    kobo,
    limesurvey,
    qualtrics,
    surveymonkey,
    tencent,
    wenjuanxing,
)
from workbench.store.formats.head import Head
from workbench.store.formats.reading import Format

FORMATS: tuple[Format, ...] = (
    qualtrics.FORMAT,
    wenjuanxing.FORMAT,
    tencent.FORMAT,
    limesurvey.FORMAT,
    kobo.FORMAT,
    surveymonkey.FORMAT,
    forms.TYPEFORM,
    forms.GOOGLE,
    *customer_systems.FORMATS,
)
BY_NAME = {f.name: f for f in FORMATS}


@dataclass(frozen=True)
class Recognised:
    """Which kind of file one is, and why."""

    format: Format
    why: Message


def recognise(head: Head, *, named: str = "auto", where: str = "") -> Recognised | None:
    """Return which tool wrote a file; None where it is a plain table.

    Parameters
    ----------
    head
        Its first rows.
    named
        What `format` in ``wave.yaml`` says: ``auto``, ``plain``, or a format.
    where
        The file, for errors.

    Raises
    ------
    InputError
        If the file lacks the signs of the format that is named, or has those of two.

    Examples
    --------
    >>> from workbench.store.formats.head import head_of_cells
    >>> found = recognise(head_of_cells([["序号", "提交答卷时间", "所用时间"], ["1", "2026/1/5 8:01:02", "65秒"]]))
    >>> found.format.name
    'wenjuanxing'
    >>> recognise(head_of_cells([["id", "score"], ["1", "9"]])) is None
    True
    """
    if named == "plain":
        return None
    if named != "auto":
        why = BY_NAME[named].recognise(head)
        if why is None:
            first = ", ".join(head.row(0)[:6])
            raise InputError(
                f"A file has the signs of the format that 'format' names ({named}).",
                found=f"first row {first[:200]}",
                fix="Remove 'format', or correct it.",
                where=where,
            )
        return Recognised(BY_NAME[named], why)
    found = [Recognised(f, why) for f in FORMATS if (why := f.recognise(head)) is not None]
    if len(found) > 1:
        raise InputError(
            "A file is of one kind.",
            found="; ".join(f"{r.format.name}: {r.why.text('en')}" for r in found),
            fix=f"Say which in wave.yaml: format: {found[0].format.name}, or format: plain.",
            where=where,
        )
    return found[0] if found else None
