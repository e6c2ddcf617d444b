import pytest

from workbench.privacy.files import private, private_folder, write_private


def mode(path):
    return path.stat().st_mode & 0o777


def test_folders_and_files_are_their_owners_alone(tmp_path):
    folder = private_folder(tmp_path / "a" / "lists")
    file = write_private(folder / "x.csv", b"1")
    assert (mode(folder), mode(file)) == (0o700, 0o600)


def test_what_others_could_read_is_taken_from_them(tmp_path):
    (tmp_path / "lists").mkdir(mode=0o755)
    file = tmp_path / "lists" / "old.csv"
    file.write_text("1")
    file.chmod(0o644)
    private_folder(tmp_path / "lists")
    private(file)
    assert (mode(tmp_path / "lists"), mode(file)) == (0o700, 0o600)


def test_a_write_that_fails_leaves_what_was_there_and_nothing_else(tmp_path):
    file = write_private(tmp_path / "x.csv", b"old")
    with pytest.raises(TypeError):
        write_private(file, "no bytes")
    assert file.read_bytes() == b"old" and list(tmp_path.iterdir()) == [file]
