"""Which column an SPSS file is weighted by, read from its dictionary."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

# byte 64 tells the order of bytes; the weight's place in the dictionary stands behind layout, case size and compression
LAYOUT, WEIGHT, DICTIONARY = 64, 76, 176
VARIABLE, LONG_NAMES, END = 2, 13, 999


def spss_weight(path: Path, names: list[str]) -> str | None:
    """Return the weight column of an SPSS file, None where it has none.

    The dictionary counts in slots of eight bytes: a long text takes several. The slot leads to a variable's short name,
    the table of long names to the one everybody knows.

    Parameters
    ----------
    path
        A ``.sav`` or ``.zsav`` file.
    names
        Its columns.

    Returns
    -------
    str or None
        The column.

    Notes
    -----
    PSPP, "System File Format", records 2 (variables), 7.13 (long names) and 999 (end of the dictionary).
    """
    with path.open("rb") as handle:
        start = handle.read(DICTIONARY)
        order = "<" if start[LAYOUT : LAYOUT + 4] in (b"\x02\0\0\0", b"\x03\0\0\0") else ">"
        slot = struct.unpack(f"{order}i", start[WEIGHT : WEIGHT + 4])[0]
        if not slot:
            return None
        short, long = _dictionary(handle, order, slot)
    if short is None:
        return None
    wanted = long.get(short.upper(), short)
    return next((n for n in names if n.lower() == wanted.lower()), None)


def _dictionary(handle: BinaryIO, order: str, slot: int) -> tuple[str | None, dict[str, str]]:
    """Return the short name in a slot, and short → long name."""

    def number() -> int:
        return int(struct.unpack(f"{order}i", handle.read(4))[0])

    at, short, long = 0, None, {}
    while (kind := number()) != END:
        if kind == VARIABLE:
            _width, has_label, missing, _, _ = (number() for _ in range(5))
            name = handle.read(8).decode("latin-1").strip()
            at += 1
            if at == slot:
                short = name
            if has_label:
                length = number()
                handle.seek((length + 3) // 4 * 4, 1)
            handle.seek(8 * abs(missing), 1)
        elif kind == 3:  # labels of values, and after them the variables that have them
            for _ in range(number()):
                handle.seek(8, 1)
                handle.seek((handle.read(1)[0] + 8) // 8 * 8 - 1, 1)
        elif kind == 4:
            handle.seek(4 * number(), 1)
        elif kind == 6:  # documents
            handle.seek(80 * number(), 1)
        elif kind == 7:
            part, size, count = number(), number(), number()
            data = handle.read(size * count)
            if part == LONG_NAMES:
                pairs = (pair.split("=", 1) for pair in data.decode("utf-8", "replace").split("\t") if "=" in pair)
                long = {a.upper(): b.rstrip("\0") for a, b in pairs}
        else:
            return None, {}
    return short, long
