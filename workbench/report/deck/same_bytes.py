"""Files of Office that are the same whenever the same is written into them."""

from __future__ import annotations

import io
import zipfile

MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP archive can name


def same_bytes(content: bytes) -> bytes:
    """Return an archive whose members have no time of their own.

    Parameters
    ----------
    content
        A .pptx or .docx as a library wrote it.

    Examples
    --------
    >>> made = io.BytesIO()
    >>> with zipfile.ZipFile(made, "w") as archive:
    ...     archive.writestr("a.txt", "x")
    >>> again = same_bytes(made.getvalue())
    >>> zipfile.ZipFile(io.BytesIO(again)).infolist()[0].date_time
    (1980, 1, 1, 0, 0, 0)
    """
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            entry = zipfile.ZipInfo(member.filename, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(member.filename))
    return written.getvalue()
