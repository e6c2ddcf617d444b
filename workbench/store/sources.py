"""What a piece of code stands on: the package's modules it imports, directly or through others, as one hash."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from workbench.store.provenance import PACKAGE, hash_file, hash_values

# words and lists of words lie beside the modules that read them
DATA = (".yaml", ".csv", ".json")
WORDS = PACKAGE / "core" / "locale"
# an import of the package as the formatter leaves it: on a line of its own, or in parentheses
IMPORT = re.compile(
    rf"^[ \t]*(?:import ({PACKAGE.name}(?:\.\w+)*)\b|from ({PACKAGE.name}(?:\.\w+)*) import (\([^)]*\)|[^\n]*))", re.M
)
COMMENT = re.compile(r"#.*")


def hash_imports(code: str, *, modules: Iterable[str] = ()) -> str:
    """Return one hash of every module of the package that some code needs, and of the catalogues of words.

    Parameters
    ----------
    code
        Python source.
    modules
        Further modules it stands on.

    Returns
    -------
    str
        SHA-256. It stays the same when a module changes that the code does not reach.

    Notes
    -----
    Imports are read from the source, those inside functions included. A module that is only named in a string is not
    seen.

    Examples
    --------
    >>> one = hash_imports("from workbench.nps import net_promoter_score")
    >>> one == hash_imports("import workbench.clv")
    False
    """
    files = {place for module in reach(code, modules=modules) if (place := _place(module)) is not None}
    files |= {f for folder in {f.parent for f in files} for f in folder.iterdir() if f.suffix in DATA}
    files.update(WORDS.rglob("*.po"))
    return hash_values([(str(f.relative_to(PACKAGE)), _hash_as_of(f, *_stamp(f))) for f in sorted(files)])


def reach(code: str, *, modules: Iterable[str] = ()) -> frozenset[str]:
    """Return the package's modules that some code imports, directly or through others.

    Examples
    --------
    >>> "workbench.core.language" in reach("from workbench.core.results import Result")
    True
    """
    return _reached(code, frozenset(modules))


@cache  # a run asks it of the same notebook once for every wave
def _reached(code: str, modules: frozenset[str]) -> frozenset[str]:
    waiting = {*_named(_parsed(code)), *modules}
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        for module in _lineage(name):
            if module not in found and _place(module) is not None:
                found.add(module)
                waiting |= _imports(module) - found
    return frozenset(found)


def _parsed(code: str) -> ast.AST:
    try:
        return ast.parse(code)
    except SyntaxError:
        # it will fail when it runs, and say where; what is readable of it counts until then
        lines = [line for line in code.splitlines() if line.startswith(("import ", "from ")) and "(" not in line]
        return ast.parse("\n".join(lines))


def _lineage(name: str) -> list[str]:
    """Return a module and the packages it lies in: importing it runs them all."""
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


@cache
def _imports(module: str) -> frozenset[str]:
    place = _place(module)
    return frozenset() if place is None else _written(place.read_text(encoding="utf-8"))


def _written(source: str) -> frozenset[str]:
    """Return what a module of the package imports of it, by its lines: parsing them all takes a second."""
    names: set[str] = set()
    for whole, origin, listed in IMPORT.findall(source):
        named = (n.split()[0] for n in COMMENT.sub("", listed).strip("()").split(",") if n.strip())
        names.update({whole} if whole else {origin, *(f"{origin}.{n}" for n in named)})
    return frozenset(names)


def _named(tree: ast.AST) -> frozenset[str]:
    """Return what imports of the package name; what is imported from a module may be a module itself."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update({node.module, *(f"{node.module}.{a.name}" for a in node.names)})
    return frozenset(n for n in names if n.split(".")[0] == PACKAGE.name)


@cache
def _place(module: str) -> Path | None:
    path = PACKAGE.joinpath(*module.split(".")[1:])
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def _stamp(file: Path) -> tuple[int, int]:
    told = file.stat()
    return told.st_mtime_ns, told.st_size


@cache
def _hash_as_of(file: Path, changed: int, size: int) -> str:  # noqa: ARG001 - they name the file's state
    # chapters share most of their modules
    return hash_file(file)
