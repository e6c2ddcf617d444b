import os
import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

from workbench.core.engine.scratch import ALIVE, is_scratch, leave_scratch, scratch_file, scratch_folder, sweep_scratch


def test_files_of_this_process_are_its_own():
    one, two = scratch_file("a"), scratch_file("a")
    assert one != two and one.name.startswith("a-")
    assert is_scratch(one) and is_scratch(scratch_folder() / "kept" / "b.parquet")
    assert not is_scratch(Path("b.parquet")) and not is_scratch(scratch_folder().parent / "b.parquet")


def test_a_forked_process_has_a_folder_of_its_own():
    mine = scratch_folder()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, str(scratch_folder()).encode())
        leave_scratch()
        os._exit(0)
    os.waitpid(child, 0)
    theirs = Path(os.read(read, 4096).decode())
    assert theirs != mine and not theirs.exists() and mine.exists()


def test_a_process_leaves_nothing_behind(tmp_path):
    code = """
from workbench.core.engine import DuckDBEngine
from workbench.core.engine.scratch import scratch_file
DuckDBEngine().materialize("SELECT 1 AS a", scratch_file("a"))
"""
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "TMPDIR": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_left_is_made_anew():
    code = """
from workbench.core.engine.scratch import leave_scratch, scratch_folder
before = scratch_folder()
leave_scratch()
print(before.exists(), scratch_folder() != before, scratch_folder().is_dir())
"""
    # in a process of its own: this one's files are in use
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == ["False", "True", "True"]


def test_folders_of_killed_processes_are_swept_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    killed, alive, made, foreign = (tmp_path / f"workbench-{n}" for n in ("1-a", "2-b", "3-c", "notes"))
    for folder in (killed, alive, made, foreign):
        folder.mkdir()
        (folder / "customers.parquet").write_text("")
    for folder in (killed, alive, made):
        (folder / ALIVE).touch()
    for folder in (killed, alive):
        os.utime(folder / ALIVE, (0, 0))
    with FileLock(alive / ALIVE):
        os.utime(alive / ALIVE, (0, 0))
        sweep_scratch()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["workbench-2-b", "workbench-3-c", "workbench-notes"]
