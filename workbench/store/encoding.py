"""Which encoding and which delimiter a text file has, told from its bytes and never guessed silently."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from workbench.core.errors import InputError

BLOCK_BYTES = 8 << 20
CANDIDATE_DELIMITERS = (",", ";", "\t", "|")


def blocks_of_lines(path: Path, *, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Yield the file in blocks that end with a line end, without a byte order mark.

    A last line without a line end gets one.
    """
    with path.open("rb") as handle:
        if handle.read(3) != codecs.BOM_UTF8:
            handle.seek(0)
        rest = b""
        while data := handle.read(size):
            data = rest + data
            cut = data.rfind(b"\n") + 1
            rest = data[cut:]
            if cut:
                yield data[:cut]
        if rest:
            yield rest + b"\n"


def detect_encoding(path: Path) -> str:
    """Return ``utf-8``, ``gb18030`` or ``cp1252``.

    A file is UTF-8 if its lines that are not ASCII are mostly valid UTF-8, else GB18030; single damaged lines do not
    change the answer, they are quarantined later. Western text is told from Chinese by its letters beyond ASCII, which
    stand alone between others, while the bytes of Chinese signs come in pairs.

    Raises
    ------
    InputError
        If the file is UTF-16 or neither encoding reads most of its lines.
    """
    with path.open("rb") as handle:
        start = handle.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in start:
        raise _not_text(path, "UTF-16 or a binary file")
    valid = damaged = unreadable = 0
    paired = single = 0
    for block in blocks_of_lines(path):
        if _decodes(block, "utf-8"):
            valid += not block.isascii()
            continue
        for line in block.splitlines():
            if line.isascii():
                continue
            if _decodes(line, "utf-8"):
                valid += 1
            else:
                damaged += 1
                unreadable += not _decodes(line, "gb18030")
                pairs, alone = _pairs(line)
                paired, single = paired + pairs, single + alone
    if damaged == 0 or valid > damaged:
        return "utf-8"
    if single > paired and not _mostly_controls(path):
        return "cp1252"
    if unreadable * 3 > damaged:
        raise _not_text(path, f"{damaged} lines that are not UTF-8, {unreadable} of them not GB18030 either")
    return "gb18030"


def detect_delimiter(header: str) -> str:
    """Return the delimiter that stands most often outside quotes in the header line.

    Examples
    --------
    >>> detect_delimiter('customer_id;"a,b";amount')
    ';'
    """
    bare = "".join(part for i, part in enumerate(header.split('"')) if i % 2 == 0)
    counts = {d: bare.count(d) for d in CANDIDATE_DELIMITERS}
    best = max(counts, key=lambda d: counts[d])
    return best if counts[best] else ","


def _pairs(line: bytes) -> tuple[int, int]:
    """Count runs of bytes beyond ASCII that can be Chinese signs of everyday use, and those that cannot."""
    runs = re.findall(rb"[\x80-\xff]+", line)
    good = sum(len(r) % 2 == 0 and all(0xA1 <= b <= 0xFE for b in r) for r in runs)
    return good, len(runs) - good


def _mostly_controls(path: Path) -> bool:
    """Tell whether a file is no text at all: it has bytes that no Western text has."""
    with path.open("rb") as handle:
        start = handle.read(BLOCK_BYTES)
    undefined = sum(start.count(bytes([b])) for b in (0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xFF, 0xFE))
    return undefined * 3 > sum(len(r) for r in re.findall(rb"[\x80-\xff]+", start))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _not_text(path: Path, found: str) -> InputError:
    return InputError(
        "Text files are UTF-8 or GB18030.",
        found=found,
        fix="Save the file as 'CSV UTF-8', or name its encoding in wave.yaml (tables: …: encoding).",
        where=path.name,
    )
