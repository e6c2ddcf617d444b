"""Packed files as plain ones: ``.csv.gz``, ``.zip`` and text in UTF-16, unpacked into a folder that is thrown away."""

from __future__ import annotations

import codecs
import gzip
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from workbench.core.errors import InputError
from workbench.store.contained import MOST_UNPACKED_BYTES, refuse_bombs, too_large
from workbench.store.formats.container import Container, container_of

COPY_BYTES = 4 << 20


@dataclass(frozen=True)
class Plain:
    """A file to be read.

    Attributes
    ----------
    path
        Where it lies.
    name
        What it is called in reports: the file the analyst knows, with the member of an archive.
    container
        What it is.
    """

    path: Path
    name: str
    container: Container


def unpacked(path: Path, folder: Path) -> list[Plain]:
    """Return the plain files that a file is or holds.

    Parameters
    ----------
    path
        Any file that comes in.
    folder
        Where to unpack to.

    Raises
    ------
    InputError
        If an archive is damaged, locked or holds no file.
    """
    kind = container_of(path)
    if kind == "gzip":
        target = folder / f"{len(list(folder.iterdir()))}-{path.name.removesuffix('.gz')}"
        try:
            with gzip.open(path) as packed, target.open("wb") as plain:
                _copy(packed, plain, path)
        except (OSError, EOFError, zlib.error) as error:
            raise _damaged(path, str(error)) from error
        return [Plain(target, path.name, container_of(target))]
    if kind == "zip":
        return _members(path, folder)
    if kind == "text" and _is_utf16(path):
        return [Plain(_as_utf8(path, folder), path.name, "text")]
    if kind == "text" and _ends_lines_by_returns(path):
        return [Plain(_with_line_feeds(path, folder), path.name, "text")]
    return [Plain(path, path.name, kind)]


def _members(path: Path, folder: Path) -> list[Plain]:
    found: list[Plain] = []
    refuse_bombs(path)
    try:
        with zipfile.ZipFile(path) as packed:
            for i, member in enumerate(packed.infolist()):
                place = PurePosixPath(member.filename)
                if member.is_dir() or place.name.startswith(".") or place.parts[0] == "__MACOSX":
                    continue
                target = folder / f"{i}-{place.name}"
                with packed.open(member) as source, target.open("wb") as plain:
                    shutil.copyfileobj(source, plain, COPY_BYTES)
                name = f"{path.name}/{place.name}"
                found += [Plain(p.path, name, p.container) for p in unpacked(target, folder)]
    except (zipfile.BadZipFile, RuntimeError, zlib.error) as error:
        raise _damaged(path, str(error)) from error
    if not found:
        raise _damaged(path, "no file in it")
    return found


def _copy(packed: IO[bytes] | gzip.GzipFile, plain: IO[bytes], path: Path) -> None:
    """Unpack a stream, up to what a packed file may hold."""
    size = 0
    while piece := packed.read(COPY_BYTES):
        size += len(piece)
        if size > MOST_UNPACKED_BYTES:
            raise too_large(path, size)
        plain.write(piece)


def _ends_lines_by_returns(path: Path) -> bool:
    """Tell whether lines end by carriage returns alone, as old programs for the Macintosh write them."""
    with path.open("rb") as handle:
        start = handle.read(COPY_BYTES)
    return b"\r" in start and b"\n" not in start


def _with_line_feeds(path: Path, folder: Path) -> Path:
    target = folder / f"{len(list(folder.iterdir()))}-{path.name}"
    with path.open("rb") as source, target.open("wb") as plain:
        while piece := source.read(COPY_BYTES):
            if piece.endswith(b"\r"):  # its line feed may come in the next piece
                piece += source.read(1)
            plain.write(piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    return target


def _is_utf16(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _as_utf8(path: Path, folder: Path) -> Path:
    target = folder / f"{len(list(folder.iterdir()))}-{path.name}"
    try:
        with (
            path.open(encoding="utf-16", newline="") as source,
            target.open("w", encoding="utf-8", newline="") as plain,
        ):
            shutil.copyfileobj(source, plain, COPY_BYTES)
    except UnicodeError as error:
        raise InputError(
            "A file that begins as UTF-16 is UTF-16.",
            found=str(error),
            fix="Save it as 'CSV UTF-8'.",
            where=path.name,
        ) from error
    return target


def _damaged(path: Path, found: str) -> InputError:
    return InputError(
        "A packed file can be unpacked.", found=found, fix="Unpack it, or pack it again.", where=path.name
    )
