"""Chapter 40: what acquiring a customer costs by channel, against what customers acquired there bring."""

from __future__ import annotations

import datetime as dt

from workbench.clv import AcquisitionReturn, OrderValue, acquisition_return, value_last_year
from workbench.core.errors import InputError, nearest
from workbench.core.findings import Evidence, Finding, Tone
from workbench.core.language import message
from workbench.core.money import MoneyInterval
from workbench.report.chapters.value.groups import Names
from workbench.report.chapters.value.terms import WaveTerms
from workbench.store import Wave

SMALLEST = 30  # customers acquired in a channel that a sentence is about


def acquisitions(
    wave: Wave, orders: OrderValue | None, first: object, terms: WaveTerms, level: float
) -> list[AcquisitionReturn]:
    """Return costs of acquisition against value in a list, an empty one where ``wave.yaml`` gives no costs.

    Parameters
    ----------
    wave
        The wave.
    orders
        What customers are worth by their orders.
    first
        Table with the first purchases.
    terms
        Margins and costs of service.
    level
        Level of the intervals.

    Raises
    ------
    InputError
        If customers have no such column, or a cost is given to a channel that there is not.
    """
    plan, until = wave.config.value, wave.config.as_of
    if not plan.acquisition_cost or orders is None:
        return []
    columns = wave.columns("customers")
    if plan.acquisition_by not in columns:
        raise InputError(
            message("Costs of acquisition differ by a column of the customer list."),
            found=repr(plan.acquisition_by),
            fix=message("Correct value.acquisition_by{hint}", hint=nearest(plan.acquisition_by, columns)),
            where="wave.yaml",
        )
    brought = value_last_year(wave.table("transactions"), observed_until=until, level=level, **terms.arguments)
    return [
        acquisition_return(
            first,  # type: ignore[arg-type]
            brought.source,
            orders.source,
            (wave.table("customers"), plan.acquisition_by),
            plan.acquisition_cost,
            since=until - dt.timedelta(days=364),
            total=orders.total,
            level=level,
        )
    ]


def acquisition_findings(found: AcquisitionReturn, column: str, names: Names) -> list[Finding]:
    """Say where acquiring a customer costs more than the customer brings or, where nowhere, where least is left."""
    rows = found.table[(found.table["customers"] >= SMALLEST) & found.table["p_value"].notna()]
    if not len(rows):
        return []
    row = rows.sort_values("net", kind="stable").iloc[0].to_dict()
    values = {
        "channel": names.get(column, {}).get(str(row["group"]), str(row["group"])),
        "cost": row["cost"],
        "worth": MoneyInterval(row["worth"], row["ci_low"], row["ci_high"]),
    }
    if row["net"] < 0:
        text = message(
            "A customer acquired by {channel} costs {cost:money} and is worth less: {worth} so far and in the time "
            "ahead.",
            **values,
        )
    else:
        text = message(
            "Acquiring customers pays everywhere; least is left of {channel}, where one costs {cost:money} and is "
            "worth {worth} so far and in the time ahead.",
            **values,
        )
    # that it pays everywhere rests on the least certain of all channels
    loss = row["net"] < 0
    proof = Evidence(
        source="acquisition",
        row=str(row["group"]),
        estimate=row["net"],
        p_value=row["p_value"] if loss else float(rows["p_value"].max()),
        family=len(rows) if loss else 1,
        n=int(row["customers"]),
    )
    tone: Tone = "bad" if loss else "good"
    return [Finding(id="value.acquisition", message=text, evidence=proof, claim="difference", importance=58, tone=tone)]
