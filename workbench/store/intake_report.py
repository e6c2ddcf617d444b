"""What became of the rows and values of a table that came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from workbench.core.errors import InputError
from workbench.core.findings import spoken_from, spoken_json
from workbench.core.language import Message
from workbench.store.column_types import OwnType
from workbench.store.screening import Fault

MOST_QUARANTINED = 2 / 3


@dataclass(frozen=True)
class IntakeReport:
    """What became of the rows of a table.

    Attributes
    ----------
    read, kept, quarantined, left_out
        Rows; ``read = kept + quarantined + left_out``, where `left_out` follows from `keep_where` and `one_row_per`.
    cells
        Values of kept rows that broke their rule and became missing.
    own_ids
        Answers without an id of their own, or with one that repeats, in a table that stands alone: each was given one.
    unnamed
        Answers of a table that could have named customers and does not, or by invitations of another sample only.
    blank
        Blank lines, which are not rows.
    not_answered
        Column → values that a code of `not_answered` declares to be no answer.
    faults
        Rules broken, by column.
    variants
        Column → values that only spelling tells apart, with their counts; the first of each group is the most frequent.
    types
        Own column → how it is read, and why.
    left_out_by
        Why rows are none, and how many: tests, unfinished answers, lines that add others up.
    said
        What was found about the file: the tool it comes from and why, how it lies, how its values are read.
    """

    table: str
    read: int
    kept: int
    quarantined: int
    left_out: int
    blank: int
    not_answered: Mapping[str, int]
    faults: tuple[Fault, ...]
    cells: int = 0
    own_ids: int = 0
    unnamed: int = 0
    variants: Mapping[str, list[dict[str, int]]] = field(default_factory=dict)
    types: Mapping[str, OwnType] = field(default_factory=dict)
    left_out_by: tuple[tuple[Message, int], ...] = ()
    said: tuple[Message, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the report as plain values."""
        words = {
            "left_out_by": [[spoken_json(m), n] for m, n in self.left_out_by],
            "said": [*map(spoken_json, self.said)],
        }
        return asdict(replace(self, left_out_by=(), said=())) | words

    @classmethod
    def from_json(cls, content: dict[str, object]) -> IntakeReport:
        """Rebuild a report from `to_json`."""
        faults = tuple(Fault(**f) for f in content.pop("faults"))  # type: ignore[attr-defined]
        types = {c: OwnType(**t) for c, t in content.pop("types", {}).items()}  # type: ignore[attr-defined]
        left_out = tuple((spoken_from(m), n) for m, n in content.pop("left_out_by", ()))  # type: ignore[attr-defined]
        said = tuple(map(spoken_from, content.pop("said", ())))  # type: ignore[call-overload]
        return cls(**content, faults=faults, types=types, left_out_by=left_out, said=said)  # type: ignore[arg-type]


def variant_lines(report: IntakeReport) -> list[str]:
    """Return a line for each group of values that only spelling tells apart, with the merge to write into `values`.

    Examples
    --------
    >>> variant_lines(IntakeReport("customers", 9, 9, 0, 0, 0, {}, (), variants={"state": [{"MA": 7, "ma": 2}]}))
    ["customers.state: 'MA' (7), 'ma' (2) look like one; to merge: values: {state: {MA: {…, from: ['ma']}}}"]
    """
    lines = []
    for column, groups in report.variants.items():
        for group in groups:
            first, *others = group
            counted = ", ".join(f"{value!r} ({count})" for value, count in group.items())
            merge = f"values: {{{column}: {{{first}: {{…, from: {others}}}}}}}"
            lines.append(f"{report.table}.{column}: {counted} look like one; to merge: {merge}")
    return lines


def refuse_if_mostly_broken(report: IntakeReport, files: list[Path]) -> None:
    """Refuse a table of which two thirds of the rows break the contract.

    Parameters
    ----------
    report
        What became of its rows.
    files
        What they were read from.

    Raises
    ------
    InputError
        With the rules that most of them break.
    """
    if report.read and report.quarantined >= MOST_QUARANTINED * report.read:
        worst = sorted(report.faults, key=lambda f: -f.rows)[:3]
        found = "; ".join(f"{f.column or 'line'}: not {f.message.text('en')} ({f.rows} rows)" for f in worst)
        raise InputError(
            f"At least a third of {report.table} must keep its contract.",
            found=f"{report.quarantined} of {report.read} rows break it: {found}",
            fix="Check 'columns', 'date_format', 'delimiter' and 'encoding' of the table in wave.yaml.",
            where=", ".join(f.name for f in files),
        )
