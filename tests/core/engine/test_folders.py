import os
import socket
import subprocess
import sys

from workbench.core.engine.folders import PASSING, WHOLE, is_whole, move, passing_folder, remove


def made(folder, text="a"):
    folder.mkdir(parents=True)
    (folder / "part-0.parquet").write_text(text)
    (folder / WHOLE).touch()
    return str(folder)


def test_a_folder_is_moved_once_and_the_first_stays(tmp_path):
    first, second, kept = made(tmp_path / "first"), made(tmp_path / "second", "b"), tmp_path / "kept"
    move(first, str(kept))
    move(second, str(kept))
    assert (kept / "part-0.parquet").read_text() == "a" and is_whole(str(kept)) and not is_whole(first)
    remove(str(kept))
    remove(str(kept))
    assert not kept.exists()


def test_a_folder_in_the_way_without_all_its_parts_is_filled(tmp_path):
    half = tmp_path / "kept"
    half.mkdir()
    (half / "part-0.parquet").write_text("half")
    move(made(tmp_path / "draft"), str(half))
    assert is_whole(str(half)) and (half / "part-0.parquet").read_text() == "a"


def test_what_killed_processes_left_is_removed_and_the_rest_stays(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    here = socket.gethostname()
    names = [f"{here}-{gone.pid}", f"{here}-{os.getpid()}", f"elsewhere-{gone.pid}"]
    left, living, other = (tmp_path / f"{PASSING}{name}-0a1b2c3d" for name in names)
    for folder in (left, living, other, tmp_path / "tables"):
        folder.mkdir()
    own = passing_folder(str(tmp_path))
    assert own not in {str(living), str(left)} and own.startswith(str(living)[:-8])
    assert not left.exists() and living.exists() and other.exists() and (tmp_path / "tables").exists()
