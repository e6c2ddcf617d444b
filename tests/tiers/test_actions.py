import datetime as dt

import pandas as pd
import pytest

from workbench.core import InputError, use_language
from workbench.tiers import TierRules, action_list, grade
from workbench.tiers.actions import reasons_in_words

TODAY = dt.date(2026, 6, 30)


@pytest.fixture
def graded():
    rules = TierRules.of([{"name": "A", "minimum": {"amount_12m": 100}, "owner": "sales"}, {"name": "B"}])
    people = pd.DataFrame({"customer_id": list("abcde"), "amount_12m": [150.0, 500, 20, 120, 30]})
    return grade(people, rules)


ANSWERS = pd.DataFrame({"customer_id": ["a", "b", "c"], "recommend": [3, 9, 0]})
BEFORE = pd.DataFrame({"customer_id": list("abce"), "tier": ["A", "A", "A", "B"]})
COMPLAINTS = pd.DataFrame(
    {
        "customer_id": ["b", "a", "d", "e", "d"],
        "opened_at": pd.to_datetime(["2026-06-20", "2026-06-29", "2026-06-01", "2026-05-01", "2026-06-11"]),
        "closed_at": pd.to_datetime([None, None, "2026-06-05", None, None]),
        "kind": ["complaint", "complaint", "complaint", "complaint", "visit"],
    }
)


def test_everybody_who_needs_attention_most_valuable_first(graded):
    found = action_list(
        graded,
        responses=ANSWERS,
        previous=BEFORE,
        interactions=COMPLAINTS,
        as_of=TODAY,
        owners={"complaint": "service", "fallen": "loyalty"},
    )
    table = found.table
    assert table["customer_id"].tolist() == ["b", "a", "c"]
    assert table["reasons"].tolist() == ["complaint", "detractor", "detractor,fallen"]
    assert table["owner"].tolist() == ["service", "sales", "loyalty"]
    assert table["open_days"].tolist()[0] == 10
    counts = found.summary.set_index(["action", "reason"])
    assert counts["customers"].to_dict() == {
        ("call", "complaint"): 1,
        ("call", "detractor"): 2,
        ("call", "fallen"): 1,
        ("call", "all"): 3,
    }
    assert counts["amount"].tolist() == [500.0, 170.0, 20.0, 670.0]
    assert counts.loc[("call", "complaint"), "oldest_days"] == 10
    # each customer is on the list once, whatever the reasons
    assert len(table) == found.customers("call") + found.customers("write") == table["customer_id"].nunique()
    assert found.fallen.to_dict("records") == [{"previous_tier": "A", "customers": 0, "amount": 0.0, "called": 1}]


def test_who_only_fell_is_written_to_and_other_complaints_are_counted(graded):
    found = action_list(graded, previous=BEFORE, interactions=COMPLAINTS, as_of=TODAY)
    assert dict(zip(found.table["customer_id"], found.table["action"], strict=True)) == {"b": "call", "c": "write"}
    assert (found.customers("call"), found.customers("write"), found.customers("call", "fallen")) == (1, 1, 0)
    # a's complaint is one day old; e's tier is not acted on
    assert found.waiting == {"within": 1, "elsewhere": 1}
    assert found.fallen["customers"].tolist() == [1]


def test_without_tiers_everybody_counts():
    found = action_list(
        responses=ANSWERS,
        interactions=COMPLAINTS,
        values=pd.DataFrame({"customer_id": ["e", "c"], "amount_12m": [9.0, 20.0]}),
        as_of=TODAY,
    )
    assert found.table["customer_id"].tolist() == ["c", "e", "a", "b"]
    assert found.table["tier"].isna().all() and (found.table["action"] == "call").all()


def test_who_asked_not_to_be_contacted_is_left_out_and_counted(graded):
    found = action_list(graded, responses=ANSWERS, do_not_contact=pd.DataFrame({"customer_id": ["a", "z"]}))
    assert found.table["customer_id"].tolist() == [] and found.spared == 1
    assert "asked not to be contacted" in found.notes[-1].message.text("en")


def test_nobody_to_act_on_is_an_empty_list():
    happy = ANSWERS.assign(recommend=10)
    found = action_list(responses=happy)
    assert len(found.table) == 0 and found.customers("call") == 0 and len(found.summary) == 0
    assert list(found.shown_table("en")) == ["action", "reason", "customers"] and found.to_html("zh-CN")


def test_shows_numbers_and_no_customer(graded):
    found = action_list(graded, responses=ANSWERS)
    with use_language("zh-CN"):
        shown = found._repr_html_()
    assert "不愿推荐" in shown
    assert ">a<" not in shown


def test_other_tiers_can_be_named(graded):
    found = action_list(graded, interactions=COMPLAINTS.drop(columns="kind"), as_of=TODAY, tiers=["A", "B"])
    assert found.table["customer_id"].tolist() == ["b", "d", "e"]


def test_the_service_time_is_that_of_the_tier():
    rules = TierRules.of([{"name": "A", "minimum": {"amount_12m": 100}, "service_hours": 24 * 15}, {"name": "B"}])
    graded = grade(pd.DataFrame({"customer_id": list("be"), "amount_12m": [500.0, 30]}), rules)
    found = action_list(graded, interactions=COMPLAINTS, as_of=TODAY, tiers=["A", "B"], service_days=2).table
    assert found["customer_id"].tolist() == ["e"]  # b waits for ten days, which A's fifteen allow


def test_reasons_in_words(graded):
    found = action_list(graded, responses=ANSWERS, previous=BEFORE, interactions=COMPLAINTS, as_of=TODAY).table
    words = reasons_in_words(found, "en")
    assert words[0] == "Complaint open beyond its service time (10 days)"
    assert words[2] == "Would not recommend us (0 of 10); Fell to a lower tier (from A)"
    assert reasons_in_words(found, "zh-CN")[1].startswith("不愿推荐")


def test_same_file_every_time(graded, tmp_path):
    for name in "ab":
        action_list(graded, responses=ANSWERS, path=tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_refuses(graded):
    with pytest.raises(InputError, match="something to look for"):
        action_list(graded)
    with pytest.raises(InputError, match="up to a day"):
        action_list(graded, interactions=COMPLAINTS)
    with pytest.raises(InputError, match="known ones"):
        action_list(graded, responses=ANSWERS, tiers=["Z"])
    with pytest.raises(InputError, match="'recommend' is needed"):
        action_list(graded, responses=ANSWERS[["customer_id"]])


def test_who_wants_no_letters_is_called_and_not_written_to(graded):
    happy = ANSWERS.assign(recommend=[3, 9, 9])
    found = action_list(graded, responses=happy, previous=BEFORE)
    unwanted = pd.DataFrame({"customer_id": found.table["customer_id"]})
    rest = action_list(graded, responses=happy, previous=BEFORE, do_not_write=unwanted)
    assert set(found.table["action"]) == {"call", "write"} and set(rest.table["action"]) == {"call"}
    assert "fallen" not in ",".join(rest.table["reasons"]) and rest.customers("call") == found.customers("call")
