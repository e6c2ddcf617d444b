from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time

import pytest

from workbench.privacy.access_log import HEAD, LOG, note, read_log, verify_log


def write_some(study, n=4):
    for i in range(n):
        note(study, "made", f"list {i}", wave="w1", rows=i, columns=["phone"], purpose="p", held_back=1)
    return (study / LOG).read_bytes().splitlines(keepends=True)


def test_a_line_says_who_what_for_whom_and_how_many(tmp_path):
    note(tmp_path, "exported", "answers.sav", wave="w1", rows=7, columns=["age"], recipient="spss", sha256="ab" * 32)
    (line,) = read_log(tmp_path)
    assert {k: line[k] for k in ("verb", "what", "wave", "rows", "columns", "for")} == {
        "verb": "exported",
        "what": "answers.sav",
        "wave": "w1",
        "rows": 7,
        "columns": ["age"],
        "for": "spss",
    }
    assert line["user"] and line["host"] and line["at"][-6] in "+-" and "purpose" not in line
    assert (tmp_path / LOG).stat().st_mode & 0o077 == 0


def test_nothing_written_is_sound_and_so_is_a_chain(tmp_path):
    assert verify_log(tmp_path).broken is None and verify_log(tmp_path).lines == 0
    write_some(tmp_path)
    state = verify_log(tmp_path)
    assert (state.lines, state.torn, state.broken, state.found) == (4, (), None, "")
    assert json.loads((tmp_path / HEAD).read_text())["hash"] == state.head


@pytest.mark.parametrize("place", range(4))
def test_a_changed_line_shows(tmp_path, place):
    lines = write_some(tmp_path)
    lines[place] = lines[place].replace(b'"rows": %d' % place, b'"rows": 9').replace(b"list", b"List")
    (tmp_path / LOG).write_bytes(b"".join(lines))
    assert verify_log(tmp_path).broken in (place + 1, place + 2)


@pytest.mark.parametrize("kept", [[0, 1, 3], [1, 2, 3], [0, 1, 2], [0, 2, 1, 3], []])
def test_a_line_taken_out_moved_or_cut_off_shows(tmp_path, kept):
    lines = write_some(tmp_path)
    (tmp_path / LOG).write_bytes(b"".join(lines[i] for i in kept))
    assert verify_log(tmp_path).broken is not None


def test_the_log_or_its_head_taken_away_shows(tmp_path):
    write_some(tmp_path)
    (tmp_path / HEAD).unlink()
    assert HEAD in verify_log(tmp_path).found
    note(tmp_path, "made", "one more")
    (tmp_path / LOG).unlink()
    assert "cut off" in verify_log(tmp_path).found


@pytest.mark.parametrize("cut", [1, 20, 150])
def test_a_torn_last_line_is_no_tampering_and_the_log_goes_on(tmp_path, cut):
    lines = write_some(tmp_path, 3)
    # killed while the fourth line was written: the head still tells of three
    note_after = lines[-1][:cut]
    (tmp_path / LOG).write_bytes(b"".join(lines) + note_after)
    assert (verify_log(tmp_path).torn, verify_log(tmp_path).broken) == ((4,), None)
    note(tmp_path, "opened", "wave")
    state = verify_log(tmp_path)
    assert (state.lines, state.torn, state.broken) == (5, (4,), None)
    assert [line["verb"] for line in read_log(tmp_path)] == ["made"] * 3 + ["opened"]
    # the fragment is part of the chain: changing it is tampering
    content = (tmp_path / LOG).read_bytes().splitlines(keepends=True)
    (tmp_path / LOG).write_bytes(b"".join([*content[:3], b"x" + content[3], content[4]]))
    assert verify_log(tmp_path).broken == 4


def test_a_line_in_the_middle_that_is_cut_short_is_tampering(tmp_path):
    lines = write_some(tmp_path)
    lines[1] = lines[1][:30] + b"\n"
    (tmp_path / LOG).write_bytes(b"".join(lines))
    assert verify_log(tmp_path).broken == 2


def _keep_writing(study):
    while True:
        note(study, "made", "list", rows=1)


def test_several_writers_one_of_them_killed_leave_a_whole_chain(tmp_path):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_keep_writing, args=(tmp_path,)) for _ in range(2)]
    for w in writers:
        w.start()
    deadline = time.monotonic() + 20
    while verify_lines(tmp_path) < 20 and time.monotonic() < deadline:
        time.sleep(0.01)
    for w in writers:
        os.kill(w.pid, signal.SIGKILL)
        w.join()
    note(tmp_path, "made", "after")
    state = verify_log(tmp_path)
    assert state.broken is None and state.lines >= 21, state


def verify_lines(study):
    return (study / LOG).read_bytes().count(b"\n") if (study / LOG).is_file() else 0
