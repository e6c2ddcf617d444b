"""How much of what is personal is masked, and how much of what is masked is personal.

Recall is measured on made-up details of every kind (``tests/privacy/masking/planted.tsv``); no rule was tuned on its
part ``held``. Precision is measured on open reviews where a folder of them is named: masks that a person has read and
found wrong are known by a hash of the words around them, so that no text of others is kept here.

    make privacy TEXTS=/path/to/folder
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from workbench.privacy.masking import Masker

ROOT = Path(__file__).parents[1]
PLANTED = ROOT / "tests" / "privacy" / "masking" / "planted.tsv"
JUDGED = ROOT / "benchmarks" / "masks_judged_wrong.txt"
REPORT = ROOT / "docs" / "privacy_masking.md"
BEFORE, AFTER = 12, 10
STREET_SHARE = 0.8  # of an address, of everything else all


def planted() -> Iterator[tuple[str, str, str, range]]:
    """Return part, kind, text and place of the detail of every planted one."""
    for line in PLANTED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            part, kind, marked = line.split("\t")
            start, end = marked.index("{{"), marked.index("}}") - 2
            yield part, kind, marked.replace("{{", "").replace("}}", ""), range(start, end)


def is_masked(mask: Masker, kind: str, text: str, place: range) -> bool:
    """Tell whether every letter and digit of a detail is masked, of an address four in five."""
    covered = {i for span in mask.spans(text) for i in range(span.start, span.end)}
    wanted = [i for i in place if text[i].isalnum()]
    return sum(i in covered for i in wanted) >= (STREET_SHARE if kind == "address" else 1) * len(wanted)


def recall() -> pd.DataFrame:
    """Return details and masked ones by part and kind."""
    mask = Masker()
    rows = [(part, kind, is_masked(mask, kind, text, place)) for part, kind, text, place in planted()]
    table = pd.DataFrame(rows, columns=["part", "kind", "masked"])
    return table.groupby(["part", "kind"], sort=False)["masked"].agg(["size", "sum"]).reset_index()


def mark(text: str, start: int, end: int) -> str:
    """Return what a mask is known by: a hash of the words it stands in."""
    return hashlib.sha256(text[max(0, start - BEFORE) : end + AFTER].encode()).hexdigest()[:12]


def precision(folder: Path) -> pd.DataFrame:
    """Return for each file of reviews: texts, masks, those that a person found wrong, and CPU seconds."""
    wrong = set(JUDGED.read_text(encoding="utf-8").split())
    mask, rows = Masker(), []
    for file in sorted(folder.glob("*.csv")):
        texts = pd.read_csv(file)["review"].dropna().astype(str).tolist()
        begun = time.process_time()
        found = [(t, s) for t in texts for s in mask.spans(t)]
        spent = time.process_time() - begun
        bad = sum(mark(t, s.start, s.end) in wrong for t, s in found)
        rows.append((file.stem, len(texts), len(found), bad, spent, Counter(s.kind for _, s in found)))
    return pd.DataFrame(rows, columns=["texts", "read", "masks", "wrong", "seconds", "kinds"])


def report(found: pd.DataFrame, reviews: pd.DataFrame | None) -> str:
    """Return the page."""
    lines = [
        "# Masking of personal details",
        "",
        "Made by `make privacy TEXTS=folder`. Details are made up, in Chinese and English; a detail counts as masked "
        "if every letter and digit of it is (of an address four in five). No rule was tuned on the held-out part.",
        "",
        "| kind | development | held out |",
        "|---|---|---|",
    ]
    by = found.pivot_table(index="kind", columns="part", values=["size", "sum"], sort=False).fillna(0).astype(int)
    for kind in by.index:
        cells = [f"{by.loc[kind, ('sum', p)]} of {by.loc[kind, ('size', p)]}" for p in ("dev", "held")]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    for name, part in (("structured", ~found["kind"].isin(["name", "address"])), ("all", found["kind"] != "")):
        sums = found[part].groupby("part")[["sum", "size"]].sum()
        cells = [f"{sums.loc[p, 'sum']} of {sums.loc[p, 'size']}" for p in ("dev", "held")]
        lines.append(f"| **{name}** | {' | '.join(cells)} |")
    if reviews is not None and len(reviews):
        lines += [
            "",
            "Precision on open reviews (every mask was read by a person once; a shop's own number or address, a brand "
            "and a hotel's room count as wrong):",
            "",
            "| texts | read | masks | wrong | right | CPU ms per text |",
            "|---|---|---|---|---|---|",
        ]
        for r in reviews.itertuples():
            right = 1 - r.wrong / max(r.masks, 1)
            lines.append(
                f"| {r.texts} | {r.read:,} | {r.masks} | {r.wrong} | {right:.0%} | {1000 * r.seconds / r.read:.2f} |"
            )
        total, bad = int(reviews["masks"].sum()), int(reviews["wrong"].sum())
        lines.append(f"| **all** | {reviews['read'].sum():,} | {total} | {bad} | {1 - bad / max(total, 1):.0%} | |")
    lines += [
        "",
        "What a wave's own tables hold (ids, names, telephones, e-mail addresses, invitations) is masked wherever it "
        "stands, except short numbers and everyday words, which need a word beside them that says what they are; a "
        "test plants them. Names that neither stand beside a title nor are brought by a word, and that are no frequent "
        "ones, are missed: a person reads quotes before they are published (`workbench quotes`).",
        "",
    ]
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    found = recall()
    reviews = precision(Path(arguments[0])) if arguments and Path(arguments[0]).is_dir() else None
    text = report(found, reviews)
    print(text)
    if reviews is not None:
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
