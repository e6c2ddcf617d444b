"""A company's own columns: which of them a plan uses as numbers, and whether their values are numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import InputError, few_names, nearest
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.config.response import ReplicatesPlan
from workbench.store.contracts import Contract, Field, Kind

NUMBER = Field("number")
FEWEST_NUMBERS = 0.95  # of the values of a column that is read as numbers; the others become missing and are listed
CODE = "^[+-]?0[0-9]"  # 007 is a code: as a number it would lose its zeros
REPLICATES = "response.replicates"
COMPARED = r"\s*(?:<=|>=|<>|!=|==?|<|>|\bBETWEEN\b)\s*[-+]?\d"


@dataclass(frozen=True)
class OwnType:
    """How a column that no contract knows is read, and why.

    Attributes
    ----------
    kind
        ``number`` or ``text``, or what `types` in ``wave.yaml`` says.
    used
        The key of ``wave.yaml`` that goes by the column; ``types`` where the file says its type.
    values, numbers, codes
        Values that are there, those of them that are numbers, and those that begin with a zero too many.
    """

    kind: Kind
    used: str
    values: int = 0
    numbers: int = 0
    codes: int = 0


def used_as_numbers(config: WaveConfig) -> dict[str, str]:
    """Return the columns of the customer list that a plan may use as numbers → the key that does.

    A design's size and order, criteria of tiers, features of segments, and what a condition compares with a number.
    Columns by whose values customers are grouped are names, whatever they look like.

    Examples
    --------
    >>> from workbench.store.wave_file import parse_wave
    >>> head = {"study": "shop", "wave": "w1", "title": {"en": "Shop", "zh-CN": "商店"}, "as_of": "2026-06-30"}
    >>> plan = {"design": "systematic", "order_by": ["region", "spend"]}
    >>> rules = {"strata": ["region"], "eligible": {"too small": "visits >= 2"}}
    >>> wave = parse_wave({**head, "tables": {}, "population": rules, "sample": plan}, where="wave.yaml")
    >>> used = used_as_numbers(wave)
    >>> used["spend"], used["visits"], "region" in used
    ('sample.order_by', 'population.eligible', False)
    """
    plan, design = config.sample, config.sample.frame_columns
    found: dict[str, str] = {}

    def use(key: str, columns: Sequence[str]) -> None:
        for column in columns:
            found.setdefault(column, key)

    use("sample.size", [design["size"]] if design.get("size") else [])
    use("sample.check_cycles", getattr(plan.of_design, "check_cycles", []))
    use("sample.order_by", design.get("order_by", []))
    for tier in config.tiers:
        use("tiers", [*tier.minimum, *tier.maximum, *tier.below])
    use("tier_rules.scores", [c for score in config.tier_rules.scores.values() for c in score])
    use("segments.features", config.segments.features)
    names = {*config.population.strata, design.get("psu"), *config.segments.categories, *config.loyalty.by}
    return {c: k for c, k in found.items() if c not in names} | _compared(config, names | found.keys())


def _compared(config: WaveConfig, known: set[str | None]) -> dict[str, str]:
    """Return the columns that a condition compares with a number."""
    conditions = [("population.eligible", c) for c in config.population.exclusions.values()]
    conditions += [("spot_check.risks", r.when) for r in (config.spot_check.risks if config.spot_check else [])]
    conditions += [("segments.rules", r.when) for r in config.segments.rules]
    found: dict[str, str] = {}
    for key, condition in conditions:
        for quoted, plain in re.findall(rf'(?:"([^"]+)"|([^\W\d]\w*)){COMPARED}', condition, re.IGNORECASE):
            if (quoted or plain) not in known:
                found.setdefault(quoted or plain, key)
    return found


def own_types(
    table: str, source: Source, contract: Contract, config: WaveConfig, item: str, columns: Sequence[str]
) -> dict[str, OwnType]:
    """Find how a table's own columns are read: as ``wave.yaml`` says, else as numbers where they are used as such.

    All rows are looked at. A column is read as numbers where 95 % of its values are and none looks like a code with
    leading zeros; the size of a design always is. Ids never are.

    Parameters
    ----------
    item
        FROM item of the table with texts.
    columns
        Its columns.

    Raises
    ------
    InputError
        If `types` or the replicate weights name a column that is not there, or one whose type is fixed.
    """
    check_types(table, source, contract, columns)
    found: dict[str, OwnType] = {c: OwnType(kind, "types") for c, kind in source.types.items()}
    plan = config.response.replicates if table == "responses" else None
    if plan is not None:
        found |= dict.fromkeys(_replicates(plan, columns), OwnType("number", REPLICATES))
    used = used_as_numbers(config) if table == "customers" else {}
    asked = [c for c in columns if c in used and c not in found and c not in contract.fields and not is_id(c)]
    if not asked:
        return found
    engine = DuckDBEngine()
    tallies = []
    for i, column in enumerate(asked):
        q = engine.dialect.quote(column)
        number = NUMBER.typed(q, q, NUMBER.value(q, q), date_format=None, timezone=None)
        tallies += [
            f"count({q}) AS values{i}",
            f"count({number}) AS numbers{i}",
            f"count(*) FILTER (WHERE regexp_matches(trim({q}), '{CODE}')) AS codes{i}",
        ]
    counts = engine.rows(f"SELECT {', '.join(tallies)} FROM {item}").iloc[0]
    for i, column in enumerate(asked):
        values, numbers, codes = (int(counts[f"{what}{i}"]) for what in ("values", "numbers", "codes"))
        numeric = numbers > 0 and numbers >= FEWEST_NUMBERS * values and not codes
        kind: Kind = "number" if numeric or used[column] == "sample.size" else "text"
        found[column] = OwnType(kind, used[column], values, numbers, codes)
    return found


def _replicates(plan: ReplicatesPlan, columns: Sequence[str]) -> list[str]:
    there = plan.among(columns)
    absent = [] if isinstance(plan.columns, str) else [c for c in plan.columns if c not in there]
    if absent or len(there) < 2:
        raise InputError(
            "The replicate weights that wave.yaml names are columns of the answers, two or more.",
            found=f"no column {absent[0]!r}" if absent else f"{len(there)} columns like {plan.columns!r}",
            fix=f"Correct response.replicates.columns; the answers have {few_names(columns)}.",
            where="response.replicates",
        )
    return there


def is_id(column: str) -> bool:
    """Tell whether a column names somebody or something, so that its digits are no number.

    Examples
    --------
    >>> is_id("store_id"), is_id("客户编号"), is_id("paid")
    (True, True, False)
    """
    name = column.lower()
    return name in (CUSTOMER_ID, INVITATION_ID, "id") or name.endswith(("_id", " id", "编号", "编码"))


def check_types(table: str, source: Source, contract: Contract, columns: Sequence[str]) -> None:
    """Refuse `types` of columns that are not there, or whose type is fixed.

    Raises
    ------
    InputError
        With the column.
    """
    for column in source.types:
        if column not in columns:
            raise InputError(
                "Types are given to columns that are there.",
                found=f"no {column!r} in {table}",
                fix=f"Correct tables.{table}.types{nearest(column, columns)}.",
                where=f"tables.{table}.types",
            )
        if column in contract.fields or is_id(column):
            raise InputError(
                "Types are given to a company's own columns; ids and the columns of a contract have theirs.",
                found=f"{column!r}",
                fix=f"Remove it from tables.{table}.types.",
                where=f"tables.{table}.types",
            )


def with_own_types(contract: Contract, types: Mapping[str, OwnType]) -> Contract:
    """Return the contract with a company's own columns in it."""
    # a row without one of its replicate weights has no place in any of them
    fields = {c: Field(t.kind, needed=t.used == REPLICATES) for c, t in types.items()}
    return replace(contract, fields={**fields, **contract.fields})


def type_lines(table: str, types: Mapping[str, OwnType]) -> list[str]:
    """Return a line for each column: how it is read, why, and how to have it read otherwise.

    Examples
    --------
    >>> type_lines("customers", {"spend": OwnType("number", "sample.size", 90, 90)})
    ['customers.spend: read as a number, as sample.size goes by it; else: types: {spend: text}']
    """
    lines = []
    replicates = [c for c, own in types.items() if own.used == REPLICATES]
    if replicates:
        lines.append(f"{table}.{replicates[0]} to {replicates[-1]}: read as {len(replicates)} replicate weights")
    for column, own in types.items():
        if own.used == REPLICATES:
            continue
        if own.used == "types":
            lines.append(f"{table}.{column}: read as {own.kind}, as tables.{table}.types says")
            continue
        if own.kind == "number":
            rest = own.values - own.numbers
            few = f" ({rest} of {own.values} values are none and become missing)" if rest else ""
            lines.append(
                f"{table}.{column}: read as a number, as {own.used} goes by it{few}; else: types: {{{column}: text}}"
            )
            continue
        why = (
            f"{own.codes} values are codes that begin with 0"
            if own.codes
            else f"{own.values - own.numbers} of {own.values} values are no numbers"
        )
        lines.append(
            f"{table}.{column}: read as text, though {own.used} goes by it: {why}; else: types: {{{column}: number}}"
        )
    return lines
