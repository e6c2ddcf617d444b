"""What pyreadstat cannot write into an SPSS file: its weight and its sets of several answers, added afterwards.

The file's head says which variable is the weight; a set is a line of text in a record of its own. Layout: "System File
Format", PSPP Developers' Guide, https://www.gnu.org/software/pspp/pspp-dev/ (File Header Record; Multiple Response Sets
Records).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.core.language import Language
from workbench.store.codebook import MultipleSet, spoken
from workbench.store.codebook.coded import code_text

WEIGHT_AT, DICTIONARY_AT = 76, 176
VARIABLE, VALUE_LABELS, LABELLED, DOCUMENTS, EXTENSION, END = 2, 3, 4, 6, 7, 999
SETS, LONG_NAMES = 7, 13


@dataclass(frozen=True)
class Dictionary:
    """Where the dictionary of a file ends, and long name → (place in 8-byte slots from 1, short name).

    A short name has eight bytes, which may end amid a Chinese character: it is kept as bytes.
    """

    end: int
    variables: dict[str, tuple[int, bytes]]


def read_dictionary(data: bytes) -> Dictionary:
    """Return the variables of an SPSS file and where its dictionary ends.

    Parameters
    ----------
    data
        The file's bytes, of a little-endian file as pyreadstat writes it.
    """
    at, slot = DICTIONARY_AT, 0
    short: dict[bytes, int] = {}
    long: dict[bytes, str] = {}
    while True:
        kind = _integer(data, at)
        if kind == END:
            break
        if kind == VARIABLE:
            slot += 1
            width, has_label, missing = (_integer(data, at + o) for o in (4, 8, 12))
            if width >= 0:  # -1 continues a text
                short[data[at + 24 : at + 32].rstrip()] = slot
            at += 32
            if has_label:
                at += 4 + _padded(_integer(data, at), 4)
            at += 8 * abs(missing)
        elif kind == VALUE_LABELS:
            count = _integer(data, at + 4)
            at += 8
            for _ in range(count):
                at += 8 + _padded(data[at + 8] + 1, 8)
        elif kind == LABELLED:
            at += 8 + 4 * _integer(data, at + 4)
        elif kind == DOCUMENTS:
            at += 8 + 80 * _integer(data, at + 4)
        elif kind == EXTENSION:
            subtype, size, count = (_integer(data, at + o) for o in (4, 8, 12))
            if subtype == LONG_NAMES:
                pairs = [p.split(b"=", 1) for p in data[at + 16 : at + 16 + size * count].split(b"\t") if b"=" in p]
                long = {name: full.decode() for name, full in pairs}
            at += 16 + size * count
        else:
            raise AssertionError(f"record {kind} at byte {at}")
    return Dictionary(at, {long.get(s, s.decode(errors="replace")): (n, s) for s, n in short.items()})


def add_to_dictionary(path: Path, weight: str | None, sets: Sequence[MultipleSet], language: Language) -> None:
    """Write the weight and the sets of several answers into an SPSS file that pyreadstat wrote.

    Parameters
    ----------
    path
        The file; it must not be compressed as a whole (``.zsav``), as its blocks are found by their place.
    weight
        Long name of the weight.
    sets
        Sets over long names.
    language
        Language of their labels.
    """
    data = path.read_bytes()
    dictionary = read_dictionary(data)
    if weight is not None:
        place = struct.pack("<i", dictionary.variables[weight][0])
        data = data[:WEIGHT_AT] + place + data[WEIGHT_AT + 4 :]
    if sets:
        short = {long: name for long, (_, name) in dictionary.variables.items()}
        content = b"".join(set_line(s, short, language) for s in sets)
        record = struct.pack("<4i", EXTENSION, SETS, 1, len(content)) + content
        data = data[: dictionary.end] + record + data[dictionary.end :]
    path.write_bytes(data)


def set_line(answers: MultipleSet, short: dict[str, bytes], language: Language) -> bytes:
    r"""Return the line of a set: how its answers are counted, its label, and its variables by their short names.

    Examples
    --------
    >>> media = MultipleSet("media", {"en": "Media used"}, ("paper", "radio"), 1)
    >>> set_line(media, {"paper": b"PAPER", "radio": b"RADIO"}, "en")
    b'$media=D1 1 10 Media used paper radio\n'
    """
    label = spoken(answers.label, language)
    value = "" if answers.counted is None else code_text(answers.counted)
    how = "C" if answers.counted is None else f"D{len(value.encode())} {value}"
    start = f"${answers.name}={how} {len(label.encode())} {label} "
    return start.encode() + b" ".join(short[c].lower() for c in answers.columns) + b"\n"


def _integer(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<i", data, at)[0])


def _padded(length: int, to: int) -> int:
    return -(-length // to) * to
