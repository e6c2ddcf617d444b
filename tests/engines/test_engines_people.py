"""Segments, tiers, groups and the gate on every engine that is installed here."""

from __future__ import annotations

from tests.engines.company import END, RULES, agree, everywhere, frames
from workbench.clustering import (
    behaviour_table,
    build_features,
    choose_k,
    fit_segments,
    interest_columns,
    personas,
    profile_segments,
    representation,
    rfm_cells,
    rfm_table,
    segments_by_rules,
)
from workbench.core.groups import distinct_groups, flagged_customers, gather_groups
from workbench.privacy.gate import gate_for
from workbench.tiers import (
    action_list,
    common_reasons,
    customer_card,
    migration,
    migration_paths,
    policy_table,
    regression_to_mean,
    tier_changes,
    with_reasons,
)
from workbench.tiers.criteria import buyers, with_criteria


def rfm(c):
    found = rfm_table(c["transactions"], observed_until=END)
    return found, rfm_cells(found)


def behaviour(c):
    return behaviour_table(c["transactions"], observed_until=END)


def features(c):
    return build_features(c["rated"], ["recency_days", "frequency", "monetary"])


def segments(c):
    made = features(c)
    model = fit_segments(made, k=3, seed=1)
    return model.assign_table(c["rated"]), profile_segments(model, c["rated"]), choose_k(made, range(2, 4), seed=1)


def segments_of_categories(c):
    made = build_features(c["customers"], ["age"], categories=["region", "channel"])
    return fit_segments(made, k=3, method="kprototypes", seed=1).assign_table(c["customers"])


def segments_by_conditions(c):
    made = build_features(c["rated"], ["recency_days", "frequency"])
    model = segments_by_rules(made, ["recency_days > 200", "frequency >= 10", ""])
    return model.assign_table(c["rated"])


def people(c):
    made = features(c)
    return personas(fit_segments(made, k=3, seed=1), made, c["transactions"], observed_until=END)


def represented(c):
    return representation(c["segments"], c["customers"], ["region", "channel"])


def interests(c):
    table, names = interest_columns(c["customers"])
    return table, names


def grades(c):
    return c.grades


def moves(c):
    first, second = c.grades
    return (
        migration(first, second),
        migration_paths(first, second, first, tiers=RULES.names),
        regression_to_mean(first, second, tiers=RULES.names),
        tier_changes(second, first, language="en", leave_out=c["segments"]),
        policy_table(second, migration(first, second)),
    )


def reasons(c):
    return common_reasons(c.grades[1]), with_reasons(c.grades[1], "zh-CN")


def actions(c):
    first, second = c.grades
    asked = flagged_customers(c["customers"], "do_not_contact")
    common = {"responses": c["responses"], "interactions": c["interactions"], "do_not_contact": asked, "as_of": END}
    return (
        action_list(second, previous=first, do_not_write=c["segments"], owners={"complaint": "service"}, **common),
        action_list(values=c["rated"], value="monetary", **common),
    )


def card(c):
    tables = {"customers": c["customers"], "transactions": c["transactions"]}
    return customer_card("C0000", grades=c.grades[1], tables=tables, as_of=END)


def criteria(c):
    joined = with_criteria(c["customers"], {"responses": (c["responses"], ["recommend"])})
    return joined.rows("SELECT * FROM {table} AS t").sort_values("customer_id", ignore_index=True), sorted(
        buyers(c["transactions"]).to_frame()["customer_id"].dropna()
    )


def groups(c):
    parts = [(c["customers"], ["region", "channel"]), (c["segments"], ["segment"]), (c["rated"], ["frequency"])]
    few = gather_groups([(c["customers"], ["region"])], c.engine, most=3)
    return gather_groups(parts, c.engine), distinct_groups(few, "region"), distinct_groups(c["customers"], "region")


def gate(c):
    asked = frames()["customers"][["customer_id"]]
    gates = [gate_for(c["customers"], use, as_of=END, ground="consent") for use in ("survey", "marketing")]
    return [g.let_through(asked) for g in gates], gates[0].refusing.to_frame().sort_values(
        "customer_id", ignore_index=True
    )


QUESTIONS = [
    rfm,
    behaviour,
    features,
    segments,
    segments_of_categories,
    segments_by_conditions,
    people,
    represented,
    interests,
    grades,
    moves,
    reasons,
    actions,
    card,
    criteria,
    groups,
    gate,
]


@everywhere(QUESTIONS)
def test_people_are_the_same_on_every_engine(question, name):
    agree(question, name)
