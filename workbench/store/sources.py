"""What a piece of code stands on: the package's modules it imports, directly or through others, as one hash."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from workbench.store.provenance import PACKAGE, hash_file, hash_values

# words and lists of words lie beside the modules that read them
DATA = (".yaml", ".csv", ".json")
WORDS = PACKAGE / "core" / "locale"


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
    reached = reach(code, modules=modules)
    files = {file for module in reached for file in _files(module)}
    files.update(WORDS.rglob("*.po"))
    return hash_values([(str(f.relative_to(PACKAGE)), hash_file(f)) for f in sorted(files)])


def reach(code: str, *, modules: Iterable[str] = ()) -> frozenset[str]:
    """Return the package's modules that some code imports, directly or through others.

    Examples
    --------
    >>> "workbench.core.language" in reach("from workbench.core.results import Result")
    True
    """
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
    return frozenset() if place is None else _named(ast.parse(place.read_text(encoding="utf-8")))


def _named(tree: ast.AST) -> frozenset[str]:
    """Return what imports of the package name; what is imported from a module may be a module itself."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update({node.module, *(f"{node.module}.{a.name}" for a in node.names)})
    return frozenset(n for n in names if n.split(".")[0] == PACKAGE.name)


def _place(module: str) -> Path | None:
    path = PACKAGE.joinpath(*module.split(".")[1:])
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def _files(module: str) -> list[Path]:
    place = _place(module)
    if place is None:
        return []
    return [place, *(f for f in place.parent.iterdir() if f.suffix in DATA)]
