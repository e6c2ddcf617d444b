from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from workbench.core.errors import InputError
from workbench.store.manifest import (
    FOLDER,
    KEPT_VERSIONS,
    Artefact,
    DamagedManifestWarning,
    Manifest,
    commit,
    read_manifest,
)


def entry(name: str) -> Artefact:
    return Artefact(file=f"{name}.parquet", sha256="0", rows=1, columns=("a",), made_by="test")


def test_nothing_is_an_empty_manifest(tmp_path):
    assert read_manifest(tmp_path) == Manifest()


def test_commits_of_many_writers_are_all_there(tmp_path):
    def write(worker: int) -> None:
        for i in range(15):
            commit(tmp_path, lambda m, i=i: m.with_artefact(f"a{worker}_{i}", entry("x")))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    manifest = read_manifest(tmp_path)
    assert len(manifest.artefacts) == 60
    assert manifest.version == 60


def test_a_commit_that_changes_nothing_writes_nothing(tmp_path):
    first = commit(tmp_path, lambda m: m.with_artefact("a", entry("a")))
    again = commit(tmp_path, lambda m: m.with_artefact("a", entry("a")))
    assert first.version == again.version == 1


def test_old_versions_and_leavings_do_not_matter(tmp_path):
    for i in range(KEPT_VERSIONS + 5):
        commit(tmp_path, lambda m, i=i: m.with_artefact(f"a{i}", entry("a")))
    (tmp_path / FOLDER / ".killed.tmp").write_text("{ half a mani")
    assert len(list((tmp_path / FOLDER).glob("[0-9]*.json"))) == KEPT_VERSIONS
    assert len(read_manifest(tmp_path).artefacts) == KEPT_VERSIONS + 5
    assert not read_manifest(tmp_path).without_artefact("a0").artefacts.get("a0")


def test_a_damaged_newest_manifest_falls_back_loudly_and_commits_go_on(tmp_path):
    for name in "ab":
        commit(tmp_path, lambda m, name=name: m.with_artefact(name, entry(name)))
    (tmp_path / FOLDER / "000002.json").write_text('{"version": 2, "arte')
    (tmp_path / FOLDER / "000001 copy.json").write_text("a stray file")
    with pytest.warns(DamagedManifestWarning, match="000002.json cannot be read; 000001.json stands in"):
        assert list(read_manifest(tmp_path).artefacts) == ["a"]
    with pytest.warns(DamagedManifestWarning):
        assert commit(tmp_path, lambda m: m.with_artefact("c", entry("c"))).version == 3
    assert list(read_manifest(tmp_path).artefacts) == ["a", "c"]


def test_a_manifest_is_parsed_once_and_another_in_its_place_is_seen(tmp_path):
    commit(tmp_path, lambda m: m.with_artefact("a", entry("a")))
    assert read_manifest(tmp_path) is read_manifest(tmp_path)
    other = read_manifest(tmp_path).with_artefact("b", entry("b"))
    path = tmp_path / FOLDER / "000001.json"
    (tmp_path / "restored").write_text(other.model_dump_json())
    (tmp_path / "restored").replace(path)
    assert list(read_manifest(tmp_path).artefacts) == ["a", "b"]


def test_where_no_manifest_can_be_read_it_is_said(tmp_path):
    commit(tmp_path, lambda m: m.with_artefact("a", entry("a")))
    (tmp_path / FOLDER / "000001.json").write_text("")
    with pytest.raises(InputError, match="no manifest"):
        read_manifest(tmp_path)


def test_what_is_taken_back_stands_aside_until_it_is_replaced_or_put_back():
    both = Manifest(artefacts={"a": entry("a"), "b": entry("b")})
    recalled = both.without_recalled(["a", "x"])
    assert list(recalled.artefacts) == ["b"] and recalled.put_back().artefacts == both.artefacts
    replaced = recalled.replaced({"a": entry("new"), "b": None})
    assert replaced.artefacts == {"a": entry("new")} and not replaced.recalled
