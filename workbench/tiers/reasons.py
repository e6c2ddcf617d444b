"""Why every customer is in the tier, as sentences made inside the engine, for any number of customers."""

from __future__ import annotations

from typing import Final

from workbench.core.engine import Dialect, Table
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, TIER, column_label
from workbench.tiers.grading import Grades
from workbench.tiers.thresholds import Condition
from workbench.tiers.wording import amount

_PLACE: Final = "\x00"  # stands where the customer's own number goes


def with_reasons(grades: Grades, language: Language) -> Table:
    """Return ``customer_id``, ``tier`` and ``reason``: the words of `Grades.reasons`, made in the engine.

    Parameters
    ----------
    grades
        The grades.
    language
        Language of the sentences.

    Returns
    -------
    Table
        One row per customer; nothing is computed before it is read.

    Notes
    -----
    Numbers are written without thousands separators, which SQL engines do not share.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.tiers import TierRules, grade
    >>> rules = TierRules.of([{"name": "A", "minimum": {"amount_12m": 3000}}, {"name": "B"}])
    >>> graded = grade(pd.DataFrame({"customer_id": ["a"], "amount_12m": [2000.0]}), rules)
    >>> with_reasons(graded, "en").to_frame()["reason"][0]
    'Tier B: Spending in 12 months is 2000, A needs 3,000'
    """
    source, rules = grades.source, grades.rules
    d = source.engine.dialect
    held = "held_by" in source.columns
    whens = []
    if held:
        for i, name in enumerate(rules.names):
            whens += [
                f"WHEN {TIER} = {d.literal(name)} AND earned_tier = {d.literal(earned)} AND held_by = 'slack' THEN "
                f"{d.literal(_slack(name, earned, rules.slack).text(language))}"
                for earned in rules.names[i + 1 :]
            ]
            whens += [
                f"WHEN {TIER} = {d.literal(name)} AND earned_tier = {d.literal(earned)} AND held_by = 'grace' THEN "
                f"{_spliced(_grace(name, earned, rules.grace_waves).text(language), 'waves_below', d)}"
                for earned in rules.names[i + 1 :]
            ]
    highest = message("Tier {tier}: the highest; everything it needs is reached", tier=rules.names[0]).text(language)
    whens.append(f"WHEN {TIER} = {d.literal(rules.names[0])} THEN {d.literal(highest)}")
    for above, own in zip(rules.names, rules.names[1:], strict=False):
        start, end = message("Tier {tier}: {reason}", tier=own, reason=_PLACE).text(language).split(_PLACE)
        between = message("{first}; {second}", first="", second="").text(language)
        parts = ", ".join(_missed(c, above, rules.by, between, language, d) for c in grades.conditions[above])
        # every part begins with the separator, of which the first is cut off
        text = f"substr(concat({parts}, ''), {len(between) + 1})"
        whens.append(f"WHEN {TIER} = {d.literal(own)} THEN concat({d.literal(start)}, {text}, {d.literal(end)})")
    order = d.text_order.format(column=CUSTOMER_ID)
    sql = f"SELECT {CUSTOMER_ID}, {TIER}, CASE {' '.join(whens)} END AS reason FROM {source.source} AS graded"
    return Table(source.engine, f"({sql} ORDER BY {order})")


def _missed(condition: Condition, above: str, by: str | None, between: str, language: Language, d: Dialect) -> str:
    column = d.quote(condition.criterion)
    blocked = f"concat(',', blocked_by, ',') LIKE {d.literal('%,' + condition.criterion + ',%')}"
    unknown = message("not known").text(language)
    cases = []
    for group, value in condition.groups.items():
        if by is not None:
            text = _spliced(between + _words(condition, above, value).text(language), column, d, unknown)
            cases.append(f"WHEN CAST({d.quote(by)} AS {d.text_type}) = {d.literal(group)} THEN {text}")
    usual = _spliced(between + _words(condition, above, condition.value).text(language), column, d, unknown)
    said = f"CASE {' '.join(cases)} ELSE {usual} END" if cases else usual
    return f"CASE WHEN {blocked} THEN {said} ELSE '' END"


def _words(condition: Condition, above: str, value: float) -> Message:
    known = {"criterion": column_label(condition.criterion), "actual": _PLACE, "next": above, "needed": amount(value)}
    if condition.direction == "up to":
        return message("{criterion} is {actual}, {next} allows up to {needed}", **known)
    return message("{criterion} is {actual}, {next} needs {needed}", **known)


def _slack(tier: str, earned: str, share: float) -> Message:
    return message(
        "Tier {tier}: kept, as it is missed by at most {share:pct}; by the rules alone {earned}",
        tier=tier,
        share=share,
        earned=earned,
    )


def _grace(tier: str, earned: str, waves: int) -> Message:
    return message(
        "Tier {tier}: kept in wave {n:int} of {all:int} of grace; by the rules alone {earned}",
        tier=tier,
        n=_PLACE,
        all=waves,
        earned=earned,
    )


def _spliced(text: str, column: str, d: Dialect, unknown: str = "") -> str:
    start, end = text.split(_PLACE)
    whole = f"CAST(CAST({column} AS BIGINT) AS {d.text_type})"
    part = f"CAST(CAST({column} AS DECIMAL(18, 2)) AS {d.text_type})"
    shown = f"CASE WHEN {column} = floor({column}) THEN {whole} ELSE {part} END"
    return f"concat({d.literal(start)}, coalesce({shown}, {d.literal(unknown)}), {d.literal(end)})"
