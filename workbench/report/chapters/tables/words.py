"""Chapter 55 in sentences: what stands out in a table."""

from __future__ import annotations

from workbench.core.findings import CLEAR_P, WATCH_P, Evidence, Finding
from workbench.core.language import Message, Spoken, message
from workbench.tabulation import Tabulation, Trend
from workbench.tabulation.layout import style_of
from workbench.tabulation.standing_out import StandingOut

OVER = {
    "pct": message("{row}, by {group}: {high} ({x:pct}) above {low} ({y:pct})."),
    "signed1": message("{row}, by {group}: {high} ({x:signed1}) above {low} ({y:signed1})."),
    "dec2": message("{row}, by {group}: {high} ({x:dec2}) above {low} ({y:dec2})."),
}


def finding_of(table: Tabulation, found: StandingOut) -> Finding | None:
    """Return what is said of a table: its clearest comparison, or that no columns clearly differ.

    Letters are corrected within their row, and the sentence for all rows: where letters stand and none is clear among
    all, nothing is said, so that the sentence never denies a letter.

    Parameters
    ----------
    table
        The table.
    found
        Its clearest comparison.
    """
    label, rows = table.row_labels[found.question]
    proof = Evidence(
        source=found.question,
        row=f"{found.row}: {found.higher}, {found.lower}",
        estimate=found.high - found.low,
        p_value=found.p_value,
        family=found.family,
        n=found.n,
        minimum_base=table.minimum_base,
    )
    name = f"table.difference:{found.question}"
    if found.p_value >= CLEAR_P and (found.p_value < WATCH_P or (table.table["letters"] != "").any()):
        return None
    if found.p_value >= WATCH_P:
        said = message("{question}: no two columns clearly differ.", question=label)
        return Finding(id=name, message=said, evidence=proof, claim="no difference")
    values = {
        "row": _name(label, rows[found.place]),
        "high": found.higher,
        "low": found.lower,
        "group": table.column_labels[found.group],
    }
    form = OVER[style_of(found.kind)]
    said = Message(form.template, {**values, "x": found.high, "y": found.low})
    return Finding(id=name, message=said, evidence=proof, claim="difference")


MOVED = {
    "pct": message("{row}: {x:signedpoints1} points on the wave before ({low:signedpoints1} to {high:signedpoints1})."),
    "signed1": message("{row}: {x:signed1} on the wave before ({low:signed1} to {high:signed1})."),
    "dec2": message("{row}: {x:signed1} on the wave before ({low:signed1} to {high:signed1})."),
}


def trend_finding_of(trend: Trend, question: str) -> Finding | None:
    """Return what is said of a question over the waves: its change, else that it moved, or that it clearly did not.

    Parameters
    ----------
    trend
        A trend.
    question
        One of its questions; spoken of is the total of its first headline row. Two tests could be told, so each p is
        doubled.
    """
    row = trend.headlines(question)[0]
    label, rows = trend.row_labels[question]
    named = _name(label, rows[trend.rows_of(question).index(row)])
    lines = trend.tests
    if lines.empty:
        return None
    total = lines[(lines["question"] == question) & (lines["row"] == row) & (lines["group"] == "total")]
    told = {str(t["test"]): t for t in total.to_dict("records") if t["p_adjusted"] == t["p_adjusted"]}
    ps: dict[str, float] = {
        name: min(1.0, 2 * float(told[name]["p_adjusted"])) for name in ("previous", "any") if name in told
    }
    if not ps:
        return None
    cell = trend.of(question, row)
    n, kind = int(cell["n"].iloc[-1]), str(cell["kind"].iloc[-1])

    def proof(name: str) -> Evidence:
        estimate = float(told[name]["estimate"]) if name == "previous" else 0.0
        return Evidence(source=question, row=row, estimate=estimate, p_value=ps[name], family=2, n=n)

    if ps.get("previous", 1.0) < CLEAR_P:
        change = told["previous"]
        ends = {"x": float(change["estimate"]), "low": float(change["ci_low"]), "high": float(change["ci_high"])}
        said = Message(MOVED[style_of(kind)].template, {"row": named, **ends})
        return Finding(id=f"table.changed:{question}", message=said, evidence=proof("previous"), claim="difference")
    if ps.get("any", 1.0) < CLEAR_P:
        said = message("{row} has moved over the waves.", row=named)
        return Finding(id=f"table.moved:{question}", message=said, evidence=proof("any"), claim="difference")
    if min(ps.values()) < WATCH_P:
        return None
    said = message("{row}: no clear movement over {n:int} waves.", row=named, n=len(trend.waves))
    return Finding(
        id=f"table.unmoved:{question}", message=said, evidence=proof(min(ps, key=ps.__getitem__)), claim="no difference"
    )


def _name(label: Spoken | str, row: Spoken | str) -> Spoken | str:
    """Return what a row is called in a sentence: its question and its own name, where they are two."""
    return label if row == label else message("{question}, {row}", question=label, row=row)
