"""Folders of Parquet files that a cluster writes and reads: on a mount, in an object store, in HDFS."""

from __future__ import annotations

import os
import socket
import uuid

from pyarrow import fs

WHOLE = "_SUCCESS"  # the file that says that a folder has all its parts
PASSING = "passing-"


def opened(location: str) -> tuple[fs.FileSystem, str]:
    """Return the file system of a folder's address, and the folder there.

    Parameters
    ----------
    location
        ``/mnt/lake/orders``, ``s3://lake/orders``, ``hdfs://name/lake/orders``.

    Examples
    --------
    >>> system, root = opened("/mnt/lake")
    >>> system.type_name, root
    ('local', '/mnt/lake')
    """
    if "://" not in location:
        return fs.LocalFileSystem(), location
    system, root = fs.FileSystem.from_uri(location.replace("s3a://", "s3://", 1))
    return system, root


def is_whole(location: str) -> bool:
    """Tell whether a folder is there with all its parts.

    Examples
    --------
    >>> is_whole("/nowhere")
    False
    """
    system, root = opened(location)
    return bool(system.get_file_info(f"{root}/{WHOLE}").type != fs.FileType.NotFound)


def move(before: str, after: str) -> None:
    """Give a folder its place, at once where its file system renames folders; one that is there already stays.

    Parameters
    ----------
    before, after
        Addresses in the same file system; the folder of the first may stay behind.
    """
    if is_whole(after):
        return
    system, old = opened(before)
    new = opened(after)[1]
    try:
        system.move(old, new)
    except OSError:
        if not is_whole(after):  # no folders to rename there, or another process was first
            fs.copy_files(old, new, system, system)


def remove(location: str) -> None:
    """Remove a folder where it is there."""
    system, root = opened(location)
    if system.get_file_info(root).type != fs.FileType.NotFound:
        system.delete_dir(root)


def passing_folder(folder: str) -> str:
    """Return a fresh address below a folder for what goes with this process; what killed ones have left is removed.

    Parameters
    ----------
    folder
        The folder that this process and all workers see.

    Examples
    --------
    >>> passing_folder("/nowhere").startswith("/nowhere/passing-")
    True
    """
    system, root = opened(folder)
    for one in system.get_file_info(fs.FileSelector(root, allow_not_found=True)):
        host, _, process = one.base_name.removeprefix(PASSING).rpartition("-")[0].rpartition("-")
        if one.base_name.startswith(PASSING) and host == socket.gethostname() and not _runs(int(process or 0)):
            system.delete_dir(one.path)
    return f"{folder}/{PASSING}{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True
