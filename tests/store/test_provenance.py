from __future__ import annotations

import hashlib

from workbench.store.provenance import hash_file, hash_source, hash_values, package_versions


def test_files_are_hashed_by_content(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert hash_file(path) == hashlib.sha256(b"abc").hexdigest()


def test_order_of_keys_does_not_matter_and_values_do():
    assert hash_values({"a": 1, "b": 2}) == hash_values({"b": 2, "a": 1})
    assert hash_values([1, 2]) != hash_values([2, 1])
    assert hash_values("1") != hash_values(1)


def test_parts_of_the_source_have_hashes_of_their_own():
    assert len({hash_source(), hash_source("store"), hash_source("core")}) == 3


def test_versions_name_what_a_run_depends_on():
    assert {"workbench", "python", "pandas", "duckdb"} <= set(package_versions())
