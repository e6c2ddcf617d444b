"""Whether answers can be on the scale that ``wave.yaml`` says, before anything is computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.core.engine import Engine
from workbench.core.errors import InputError
from workbench.core.names import RECOMMEND
from workbench.core.scales import beyond_scale, scale_meant, shown_counts
from workbench.store.config import WaveConfig
from workbench.store.contracts import Field

FEWEST_JUDGED = 10


@dataclass(frozen=True)
class Answers:
    """The answers to one rating: a FROM item, and the SQL of each answer as it was given and as a number or nothing."""

    item: str
    given: str
    number: str


def require_scales(
    answers: Mapping[str, Answers], fields: Mapping[str, Field], config: WaveConfig, engine: Engine
) -> None:
    """Refuse answers that cannot be on the scale that ``wave.yaml`` says, before anything is computed from them.

    Parameters
    ----------
    answers
        Rating → its answers.
    fields
        Rating → its scale.
    config
        The wave's ``wave.yaml``.
    engine
        Engine that the answers lie in.

    Raises
    ------
    InputError
        If answers go on beyond a rating's scale, the recommendation was asked on another scale than 0 to 10, or two
        thirds of ten answers or more are no answers of the scale.
    """
    for name, field in fields.items():
        assert field.low is not None and field.high is not None
        read = answers[name]
        item, answer = read.item, read.given
        sql = f"SELECT {read.number} AS v, count(*) AS n FROM {item} WHERE {answer} IS NOT NULL GROUP BY 1"
        table = engine.rows(sql)
        counts = {float(v): int(n) for v, n in zip(table["v"], table["n"], strict=True) if v == v}
        total, good = int(table["n"].sum()), sum(n for v, n in counts.items() if field.low <= v <= field.high)
        if name == RECOMMEND:
            meant = None if config.recommend.scale or config.recommend.codes else scale_meant(counts)
            if meant is not None:
                raise InputError(
                    "Customers say on a scale from 0 to 10 whether they would recommend us.",
                    found=f"answers that look like a scale from {meant[0]} to {meant[1]}: {shown_counts(counts)}",
                    fix=f"Name the column asked from 0 to 10; or say how this scale counts (recommend: {{scale: "
                    f"[{meant[0]}, {meant[1]}], codes: {{…}}}}); or confirm it (recommend: {{scale: [0, 10]}}).",
                    where="responses.recommend",
                )
        elif not field.numbers and beyond_scale(counts, field.low, field.high):
            raise InputError(
                f"Answers to {name!r} lie from {field.low} to {field.high}.",
                found=shown_counts(counts),
                fix=f"Correct questions.{name} in wave.yaml (low, high, top_box).",
                where=f"responses.{name}",
            )
        if total >= FEWEST_JUDGED and good < total / 3:
            texts = engine.rows(
                f"SELECT {answer} AS v, count(*) AS n FROM {item} WHERE {answer} IS NOT NULL "
                "GROUP BY 1 ORDER BY n DESC, v LIMIT 5"
            )
            raise InputError(
                f"At least a third of the answers to {name!r} must keep its rule: {field.rule.text('en')}.",
                found=f"{total - good} of {total} do not: "
                + ", ".join(f"{str(v)!r} ({n})" for v, n in zip(texts["v"], texts["n"], strict=True)),
                fix="Name the right column, or say what the answers stand for: "
                + (f"{name}: {{codes: {{…}}}}" if name == RECOMMEND else f"questions: {name}: {{codes: {{…}}}}"),
                where=f"responses.{name}",
            )
