"""What is written for engines is common SQL: quotes, types and functions that differ come from the dialect."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

# the store's intake reads files with DuckDB itself; adapters and dialects are where the differences belong
OWN = ("core/engine/", "store/")
STATEMENT = re.compile(r"\bSELECT\b|\bFROM \{|\bJOIN\b|\bORDER BY\b|\bGROUP BY\b|\bCASE WHEN\b|\bCAST\(|\bcoalesce\(")
WORDS = (
    r"::",
    r"\b(TRY_CAST|QUALIFY|HUGEINT|EXCLUDE|FILTER|PIVOT|ASOF|SAMPLE|ILIKE)\b",
    r"\b(arg_min|arg_max|min_by|max_by|any_value|bool_or|bool_and|every|count_if|countif|median|quantile_cont|mode"
    r"|quantile_disc|approx_quantile|approx_count_distinct|list|array_agg|string_agg|group_concat|listagg|first|last)\(",
    r"\b(date_diff|datediff|date_trunc|date_add|date_sub|dateadd|strptime|strftime|to_date|to_char|epoch|age|timezone"
    r"|from_utc_timestamp|make_date|regexp_matches|regexp_replace|regexp_extract|split_part|list_contains|unnest"
    r"|struct_pack|isnan|isfinite|ifnull|nvl|read_parquet|read_csv|range|generate_series|explode|conv|mod|log)\(",
    r"\b(GROUP|ORDER) BY ALL\b|\bBY NAME\b|\bIS TRUE\b|\bLIMIT \d+ OFFSET\b|\bUSING SAMPLE\b|\bSEMI JOIN\b",
    r"\bAS (DOUBLE|DOUBLE PRECISION|FLOAT|VARCHAR|TEXT|STRING)\)",
    r"\bINTERVAL\b",
    r"(?<![/:])//(?!/)",
)
NAMELESS = re.compile(
    r"\b(FROM|JOIN) (\{table\}|TABLE|SOURCE|\(SUBQUERY\))(?=\s*($|\)|WHERE|GROUP|ORDER|LIMIT|JOIN|LEFT|ON))"
)


def statements(path: Path):
    """Yield every text of a module that is part of a statement, with its line; what is put in is a place."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    for node in ast.walk(tree):
        if id(node) in docstrings or (isinstance(node, ast.Constant) and id(node) in inside):
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(v.value) if isinstance(v, ast.Constant) else _place(v) for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if text.startswith('"') and text.endswith('"') and text[1:-1].isidentifier():
            yield node.lineno, text
        if STATEMENT.search(text) and not text.lstrip().startswith((">>>", "`")):
            yield node.lineno, text


def _place(value) -> str:
    named = ast.unparse(value.value) if isinstance(value, ast.FormattedValue) else ""
    return "SOURCE" if named.endswith("source") else "{}"


def found_in(path: Path) -> list[str]:
    wrong = []
    for line, text in statements(path):
        bare = re.sub(r"'[^']*'", "''", text)  # literals are the statement's own texts
        words = [m[0] for w in WORDS for m in re.finditer(w, bare)]
        words += ['"'] * ('"' in bare)
        words += [m[0] + " without a name" for m in NAMELESS.finditer(bare)]
        wrong += [f"{path.name}:{line}: {w}" for w in words]
    return wrong


def test_statements_outside_the_engines_are_common_sql(root):
    modules = [p for p in (root / "workbench").rglob("*.py") if not any(o in p.as_posix() for o in OWN)]
    assert sum(1 for p in modules for _ in statements(p)) > 200
    wrong = [w for p in modules for w in found_in(p)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('f"SELECT c.\\"T\\" FROM {t.source} AS c"', '"'),
        ('"SELECT arg_min(a, b) FROM {table} AS t"', "arg_min("),
        ('f"SELECT a::INT FROM {x.source} AS t"', "::"),
        ('"SELECT a FROM {table} WHERE a > 0"', "without a name"),
        ('f"SELECT CAST(a AS DOUBLE) FROM {x} AS t"', "AS DOUBLE)"),
    ],
)
def test_a_word_of_one_engine_is_found(line, word, tmp_path):
    module = tmp_path / "a.py"
    module.write_text(f"sql = {line}\n", encoding="utf-8")
    assert any(word in w for w in found_in(module))
    module.write_text("sql = f\"SELECT min(a) AS a FROM {t.source} AS c WHERE b = 'x::y'\"\n", encoding="utf-8")
    assert not found_in(module)
