import os
from pathlib import Path

from workbench.core.engine.scratch import is_scratch, scratch_file, scratch_folder


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
        os._exit(0)
    os.waitpid(child, 0)
    assert Path(os.read(read, 4096).decode()) != mine
