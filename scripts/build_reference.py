"""Build the reference of the library from its docstrings: ``build/reference/``, or ``--check`` them only.

Public is what a room's ``__all__`` names. Every public function has a summary, its parameters, what it returns, what it
refuses and an example; every public class a summary and its attributes. Warnings of the builder stop it.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import importlib
import inspect
import re
import sys
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).parent / "reference"
ROOMS = ("core", "sampling", "weighting", "estimation", "nps", "clv", "clustering", "tiers", "learning", "store")
SECTIONS = ("Parameters", "Attributes", "Returns", "Raises", "Warns", "Notes", "Examples")
RAISING = ("InputError", "require_columns")  # what makes a function say what it refuses


def main() -> int:
    """Check the docstrings, and build the pages unless only the check is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say what docstrings lack")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "reference", help="folder of the pages")
    asked = parser.parse_args()
    lacking = sorted(problem for room in ROOMS for problem in room_problems(room))
    if lacking:
        print(*lacking, f"{len(lacking)} gaps in docstrings", sep="\n", file=sys.stderr)
        return 1
    if not asked.check:
        build(asked.out)
        print(asked.out / "index.html")
    return 0


def build(out: Path) -> None:
    """Write the pages; a warning of the builder is an error."""
    import pandas as pd
    import pdoc
    import pdoc.render

    pd.Series.__class_getitem__ = classmethod(lambda kind, _: kind)  # known to type checkers only
    pdoc.render.env.filters["formulas"] = formulas
    pdoc.render.configure(
        docformat="numpy",
        template_directory=TEMPLATES,
        include_undocumented=False,
        show_source=False,
        footer_text="Survey wave workbench",
    )
    rooms = [f"workbench.{room}" for room in ROOMS]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # a dataclass's own __init__ repeats the names of its bases' modules, which pdoc looks up in the wrong one
        warnings.filterwarnings("ignore", message=r"Error parsing type annotation .*\.__init__\.")
        pdoc.pdoc(*rooms, *(rf"!{re.escape(room)}\..*" for room in rooms), output_directory=out)


def formulas(doc: str) -> str:
    r"""Return a docstring with its formulas as MathML, which needs no network.

    Examples
    --------
    >>> formulas(":math:`n`").split(">")[1]
    '<mrow'
    """
    from latex2mathml.converter import convert

    alone = re.compile(r"^\.\. math:: (.*(?:\n(?: {4,}\S.*))*)", re.MULTILINE)
    doc = alone.sub(lambda m: convert(" ".join(m.group(1).split()), display="block"), doc)
    return re.sub(r":math:`([^`]+)`", lambda m: convert(" ".join(m.group(1).split())), doc)


def room_problems(room: str) -> Iterator[str]:
    """Yield what the docstrings of a room's public names lack."""
    place = importlib.import_module(f"workbench.{room}")
    if not inspect.getdoc(place):
        yield f"workbench.{room}: no docstring"
    for name in place.__all__:
        thing = getattr(place, name)
        where = f"workbench.{room}.{name}"
        if inspect.isfunction(thing):
            yield from (f"{where}: {p}" for p in function_problems(thing))
        elif inspect.isclass(thing):
            yield from (f"{where}: {p}" for p in class_problems(thing))


def function_problems(function: Any) -> Iterator[str]:
    """Yield what the docstring of a function lacks."""
    doc = inspect.getdoc(function) or ""
    yield from summary_problems(doc)
    parts = sections(doc)
    named = names_of(parts.get("Parameters", ""))
    wanted = [p.name for p in inspect.signature(function).parameters.values()]
    yield from (f"parameter {n} is not explained" for n in wanted if n not in named)
    yield from (f"parameter {n} does not exist" for n in named if n not in wanted)
    if "Returns" not in parts and inspect.signature(function).return_annotation not in (None, "None"):
        yield "no Returns"
    if "Raises" not in parts and raises(function):
        yield "no Raises, though it refuses input"
    if ">>> " not in parts.get("Examples", ""):
        yield "no example"


def class_problems(kind: type) -> Iterator[str]:
    """Yield what the docstring of a class lacks: a summary, and its fields or what it is made with."""
    doc = kind.__doc__ or ""
    yield from summary_problems(inspect.cleandoc(doc))
    parts = sections(inspect.cleandoc(doc))
    named = names_of(parts.get("Attributes", "")) | names_of(parts.get("Parameters", ""))
    if dataclasses.is_dataclass(kind):
        own = [f.name for f in dataclasses.fields(kind) if f.name in inspect.get_annotations(kind)]
        yield from (f"attribute {n} is not explained" for n in own if not n.startswith("_") and n not in named)
    for name, member in vars(kind).items():
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if not name.startswith("_") and inspect.isfunction(function):
            yield from (f"{name}: {p}" for p in summary_problems(inspect.getdoc(function) or ""))


def summary_problems(doc: str) -> Iterator[str]:
    """Yield what a docstring's first line lacks."""
    first = doc.split("\n\n")[0].strip()
    if not first:
        yield "no docstring"
    elif not first.endswith((".", ":", "?")):
        yield f"the summary is no sentence: {first.splitlines()[0]!r}"


def sections(doc: str) -> dict[str, str]:
    r"""Return the sections of a docstring in numpy's format.

    Examples
    --------
    >>> sections("Do.\n\nReturns\n-------\nint\n")
    {'Returns': 'int'}
    """
    heads = re.compile(rf"^({'|'.join(SECTIONS)})\n-{{3,}}\n", re.MULTILINE)
    parts = heads.split(doc)
    return {head: body.strip("\n") for head, body in zip(parts[1::2], parts[2::2], strict=True)}


def names_of(section: str) -> set[str]:
    r"""Return the names that stand at the left edge of a section, without stars.

    Examples
    --------
    >>> sorted(names_of("a, b\n    Two.\n**more\n    Others."))
    ['a', 'b', 'more']
    """
    heads = [line.split(":")[0] for line in section.splitlines() if line and not line.startswith(" ")]
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


def raises(function: Any) -> bool:
    """Say whether the body of a function refuses input itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)]
    return any(isinstance(c, ast.Name) and c.id in RAISING for c in calls)


if __name__ == "__main__":
    raise SystemExit(main())
