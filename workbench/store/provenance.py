"""Fingerprints: of files, of values and of the package's own source, so that nothing is computed twice."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent.parent
SHOWN_PACKAGES = ("pandas", "numpy", "duckdb", "pyarrow", "scikit-learn", "scipy", "statsmodels")


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def hash_values(*values: Any) -> str:
    """Return a SHA-256 of plain values (anything JSON can hold; other objects through ``str``).

    Examples
    --------
    >>> hash_values({"b": 1, "a": 2}) == hash_values({"a": 2, "b": 1})
    True
    """
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def hash_source(*folders: str) -> str:
    """Return one hash of the package's source, or of the named folders of it."""
    roots = [PACKAGE / f for f in folders] or [PACKAGE]
    files = sorted(
        p for root in roots for p in root.rglob("*") if p.suffix in (".py", ".po", ".j2", ".css", ".js", ".yaml")
    )
    return hash_values([(str(p.relative_to(PACKAGE)), hash_file(p)) for p in files])


@cache
def package_versions() -> dict[str, str]:
    """Return the versions a run should be repeated with."""
    own = {"workbench": version("survey-wave-workbench"), "python": platform.python_version()}
    return own | {name: version(name) for name in SHOWN_PACKAGES}
