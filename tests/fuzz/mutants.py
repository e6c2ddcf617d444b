"""Damaged input, made from a seed: bytes of any file, cells of a table, parts of a workbook, keys of a wave.yaml."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

CELLS = (
    *(
        "",
        " ",
        "\u3000",
        "\ufeff",
        "\x00",
        "NA",
        "null",
        "-",
        "\u200b",
        "十分",
        "1e999",
        "-0",
        "007",
        "1,5",
        "1.5.2",
        "½",
        "٣",
        "9" * 400,
    ),
    *(
        "infinity",
        "290000-01-01",
        "0000-00-00",
        "2026-02-30",
        "2026-13-01",
        "29/02/2025",
        "45678.5",
        "12:61",
        "=cmd|' /C calc'!A0",
    ),
    *(
        '"',
        '""',
        "'",
        'a"b',
        "a\nb",
        "a\r\nb",
        "\r",
        "\t",
        ";",
        "┋",
        '{"ImportId":1}',
        "<b>",
        "%s{0}",
        "\\",
        "../..",
        "𝔘𝔫𝔦",
        "🙂" * 50,
    ),
    *(
        "NaN",
        "-inf",
        "True",
        "99999999999999999999",
        "0.00004",
        "-99",
        "0x1A",
        "1_000",
        "¥5",
        "５",
        "（空）",
        "(跳过)",
        "1:5",
        "10分",
    ),
)
NAMES = (
    "",
    " ",
    "customer_id",
    "Customer_ID",
    "recommend",
    "_file",
    "_line",
    "a" * 5000,
    "a\nb",
    "'",
    '"',
    "select",
    "名",
    "\ufeffid",
    "%",
    "a.b",
)
Mutator = Callable[[random.Random, bytes], bytes]


def table(rng: random.Random, rows: int = 12) -> list[list[str]]:
    """Return a small table of answers with its header."""
    lines = [["customer_id", "submitted_at", "recommend", "satisfaction", "comment"]]
    for i in range(rows):
        day = f"2026-06-{rng.randint(1, 28):02d}"
        said = rng.choice(["fine", "太贵了", "", 'said "no"', "two\nlines", "a, b"])
        lines.append([f"{i:03d}", day, str(rng.randint(0, 10)), str(rng.randint(1, 5)), said])
    return lines


def as_csv(lines: Sequence[Sequence[str]], delimiter: str = ",", ending: str = "\n") -> bytes:
    """Return a table as CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows(lines)
    return out.getvalue().encode("utf-8", "surrogatepass")


def as_workbook(lines: Sequence[Sequence[str]]) -> bytes:
    """Return a table as XLSX."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("answers")
        for i, row in enumerate(lines):
            for j, cell in enumerate(row):
                clean = "".join(c for c in cell if c in "\n\t" or ord(c) >= 32)[:32000]
                sheet.write_number(i, j, int(clean)) if i and clean.isascii() and clean.isdigit() and len(
                    clean
                ) < 15 else sheet.write_string(i, j, clean)
    return out.getvalue()


def as_parquet(lines: Sequence[Sequence[str]]) -> bytes:
    """Return a table as Parquet, numbers as numbers where all are."""
    columns = list(zip(*lines[1:], strict=True)) or [()] * len(lines[0])
    arrays = []
    for values in columns:
        try:
            arrays.append(pa.array([int(v) for v in values], pa.int64()))
        except (ValueError, OverflowError):
            arrays.append(pa.array([v.encode("utf-8", "replace").decode() for v in values], pa.string()))
    names = [n.encode("utf-8", "replace").decode() for n in lines[0]]
    out = io.BytesIO()
    pq.write_table(pa.table(arrays, names=names), out)
    return out.getvalue()


def damaged_bytes(rng: random.Random, content: bytes) -> bytes:
    """Flip, drop, double or insert a few stretches of bytes."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        length = rng.choice([1, 1, 2, 5, 40])
        match rng.randrange(6):
            case 0 if data:
                data[at % len(data)] ^= 1 << rng.randrange(8)
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length] * rng.randint(1, 4)
            case 3:
                data[at:at] = bytes(rng.randrange(256) for _ in range(length))
            case 4:
                data[at:at] = rng.choice(
                    [b"\x00", b"\r", b'"', b"\xef\xbb\xbf", b"\xff\xfe", b'xxx","yyy\n', b"\n" * 9, b","]
                )
            case _:
                del data[at:]
    return bytes(data)


def damaged_cells(rng: random.Random, lines: list[list[str]]) -> list[list[str]]:
    """Replace, add, drop or double cells, rows, columns and names."""
    table = [list(r) for r in lines]
    for _ in range(rng.randint(1, 8)):
        row = rng.randrange(len(table))
        match rng.randrange(9):
            case 0 | 1 | 2 | 3 if table[row]:
                table[row][rng.randrange(len(table[row]))] = rng.choice(CELLS)
            case 4:
                table[0][rng.randrange(len(table[0]))] = rng.choice(NAMES)
            case 5:
                table.insert(row, list(rng.choice(table)))
            case 6 if len(table) > 1:
                del table[max(row, 1)]
            case 7:
                for r in table:
                    r.append(rng.choice(CELLS))
            case _:
                table[row] = table[row][: rng.randrange(len(table[row]) + 1)] + [rng.choice(CELLS)] * rng.randint(0, 3)
        if not table[0]:
            table[0] = ["x"]
    return table


def square(lines: list[list[str]]) -> list[list[str]]:
    """Return a table whose rows all have the width of the first, as formats of columns want it."""
    width = len(lines[0])
    return [(r + [""] * width)[:width] for r in lines]


def damaged_parts(rng: random.Random, book: bytes) -> bytes:
    """Damage one part of a workbook: its XML, its size, its place."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as there, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        names = there.namelist()
        chosen = rng.choice([n for n in names if n.endswith(".xml")])
        for name in names:
            content = there.read(name)
            if name == chosen:
                match rng.randrange(6):
                    case 0:
                        continue
                    case 1:
                        content = damaged_bytes(rng, content)
                    case 2:
                        content = content[: rng.randrange(len(content))]
                    case 3:
                        ref = rng.choice(
                            ["XFD1048576", "XFE1", "A0", "ZZZZZZ9", "A99999999999", "B1048576", "XFD1", "", "1A"]
                        )
                        content = content.replace(b'r="A3"', f'r="{ref}"'.encode())
                    case 4:
                        content = content.replace(b"<v>", b"<v>" + rng.choice([b"9" * 400, b"1e400", b"-", b"NaN"]), 1)
                    case _:
                        content = content.replace(
                            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                        )
            made.writestr(name, content)
    return out.getvalue()


YAML = """\
study: shop
wave: w1
title: {en: Shop, zh-CN: 商店}
as_of: 2026-06-30
tables:
  responses: {file: raw/answers.csv, not_answered: {recommend: ["99"]}, columns: {comment: "= upper(comment)"}}
questions:
  satisfaction: {label: {en: Satisfaction, zh-CN: 满意度}, low: 1, high: 5, top_box: 4}
values:
  region: {north: {en: North, zh-CN: 北}}
loyalty: {by: [region], minimum_base: 30}
segments: {ks: [2, 3], batteries: {}}
privacy: {keep_days: 180, minimum_cell: 10}
"""
WORDS = (
    *(
        "null",
        "[]",
        "{}",
        "-1",
        "1e999",
        "2026-02-30",
        "'",
        '"',
        "*x",
        "&x",
        "!!python/object:os.system",
        "infinity",
        "~",
        "yes",
    ),
    *(
        "= 1",
        "= (SELECT 1)",
        "= read_text('/etc/passwd')",
        "= amount +",
        "'; DROP TABLE x; --",
        "../../etc/passwd",
        "raw/*.csv",
        "raw/'.csv",
    ),
    *("UTC+25", "Mars/Base", "%Q", "\u0000", "9" * 200, "{en: x}", "[1, [2, [3]]]", "true", "0x1", "1_0", "。"),
)


def damaged_yaml(rng: random.Random) -> bytes:
    """Replace values, drop, double or shift lines of a wave.yaml, or damage its bytes."""
    lines = YAML.splitlines()
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(lines))
        line = lines[at]
        match rng.randrange(7):
            case 0 | 1 if ":" in line:
                lines[at] = line[: line.rindex(":") + 1] + " " + rng.choice(WORDS)
            case 2:
                del lines[at]
            case 3:
                lines.insert(at, line)
            case 4:
                lines[at] = " " * rng.randint(1, 3) + line
            case 5:
                words = line.split(" ")
                words[rng.randrange(len(words))] = rng.choice(WORDS)
                lines[at] = " ".join(words)
            case _:
                lines[at] = damaged_bytes(rng, line.encode()).decode("utf-8", "replace")
        if not lines:
            break
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def mutant(seed: int) -> tuple[str, bytes, bytes]:
    """Return a mutant: name of its file, what is in the file, and the wave.yaml beside it."""
    rng = random.Random(seed)
    plain = table(rng)
    kind = rng.choice(
        [
            "csv bytes",
            "csv cells",
            "csv cells",
            "xlsx parts",
            "xlsx cells",
            "parquet bytes",
            "parquet cells",
            "yaml",
            "yaml",
        ]
    )
    yaml = YAML.replace(
        "raw/answers.csv", f"raw/answers.{ {'c': 'csv', 'x': 'xlsx', 'p': 'parquet', 'y': 'csv'}[kind[0]] }"
    )
    match kind:
        case "csv bytes":
            content = damaged_bytes(rng, as_csv(plain, rng.choice(",;\t"), rng.choice(["\n", "\r\n", "\r"])))
        case "csv cells":
            content = as_csv(damaged_cells(rng, plain), rng.choice(",;\t|"), rng.choice(["\n", "\r\n", "\r"]))
            content = rng.choice([b"", b"\xef\xbb\xbf"]) + content
        case "xlsx parts":
            content = damaged_parts(rng, as_workbook(plain))
        case "xlsx cells":
            content = as_workbook(damaged_cells(rng, plain))
        case "parquet bytes":
            content = damaged_bytes(rng, as_parquet(plain))
        case "parquet cells":
            content = as_parquet(square(damaged_cells(rng, plain)))
        case _:
            return "answers.csv", as_csv(plain), damaged_yaml(rng)
    return f"answers.{yaml.split('raw/answers.')[1].split(',')[0]}", content, yaml.encode()
