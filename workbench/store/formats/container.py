"""What a file is as a file, told from its first bytes: text, workbook, Parquet, a statistics package's, or packed."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

Container = Literal[
    "text",
    "workbook",
    "locked workbook",
    "parquet",
    "spss",
    "spss portable",
    "sas",
    "sas transport",
    "sas catalogue",
    "stata",
    "questionnaire",
    "web page",
    "gzip",
    "zip",
]
STATISTICS: tuple[Container, ...] = ("spss", "spss portable", "sas", "sas transport", "stata")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAS, SAS_AT, SAS_KIND = b"SAS FILE", 84, 156
PORTABLE = (b"SPSS PORT FILE", "SPSS PORT FILE".encode("cp500"))
WEB = (b"<html", b"<!doctype html", b"<table", b"<meta")
LOCKED = "EncryptedPackage".encode("utf-16-le")


def container_of(path: Path) -> Container:
    """Return what a file is as a file; whatever has no sure sign is text.

    Parameters
    ----------
    path
        The file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "answers.txt").write_bytes(b"$FL2@(#) SPSS DATA FILE")
    ...     container_of(Path(folder) / "answers.txt")
    'spss'
    """
    with path.open("rb") as handle:
        start = handle.read(1024)
    if start.startswith((b"$FL2", b"$FL3", "$FL2".encode("cp500"))):
        return "spss"
    if start.startswith(b"<stata_dta>") or (start[:1] in b"qrsport" and _old_stata(start)):
        return "stata"
    if start[SAS_AT : SAS_AT + len(SAS)] == SAS:
        return "sas catalogue" if start[SAS_KIND:].startswith(b"CATALOG") else "sas"
    if start.startswith(b"HEADER RECORD*******LIB"):
        return "sas transport"
    if any(sign in start for sign in PORTABLE):
        return "spss portable"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if start.startswith(b"PK\x03\x04"):
        return _packed(path)
    if start.startswith(OLE):
        return "locked workbook" if _is_locked(path) else "workbook"
    if b"<LimeSurveyDocType>" in start:
        return "questionnaire"
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if bare.startswith(WEB) or (bare.startswith(b"<?xml") and b"<workbook" in bare):
        return "web page"
    return "text"


def _old_stata(start: bytes) -> bool:
    # versions 8 to 12: version, byte order, 1, 0
    return start[:1] in b"qrs" and start[1:2] in b"\x01\x02" and start[2:4] == b"\x01\x00"


def _packed(path: Path) -> Container:
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
    except zipfile.BadZipFile:
        return "workbook"  # the reader of workbooks says what is wrong with it
    if any(n.startswith(("xl/", "Workbook")) for n in names) or {"content.xml", "mimetype"} <= names:
        return "workbook"
    return "zip"


def _is_locked(path: Path) -> bool:
    import msoffcrypto

    try:
        with path.open("rb") as handle:
            return bool(msoffcrypto.OfficeFile(handle).is_encrypted())
    except Exception:  # noqa: BLE001 - whatever it stumbles over, the reader of workbooks says what is wrong
        return LOCKED in path.read_bytes()[: 1 << 20]
