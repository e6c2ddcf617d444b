from __future__ import annotations

from pathlib import Path

import pytest

from workbench.store.proposing import propose

FILES = Path(__file__).resolve().parents[2] / "reference" / "files"


def guesses(proposal):
    return {g.name: g.origin for g in proposal.columns}


def test_an_export_of_a_survey_tool_says_what_its_columns_are():
    [found] = propose(FILES / "qualtrics_nps.csv")
    assert found.table == "responses"
    assert guesses(found) == {"recommend": "Q1", "customer_id": "ExternalReference", "comment": "Q5"}
    assert list(found.questions) == ["Q2"] and "Progress" not in found.maybe_questions
    assert found.last_day is not None and found.what[0].startswith("Qualtrics")


def test_answers_in_words_and_chinese_questions_are_known():
    [found] = propose(FILES / "wjx.csv")
    assert guesses(found) == {"recommend": "1、您有多大可能把我们推荐给朋友？", "comment": "4、您的建议"}
    assert list(found.questions) == ["2、您对服务的总体满意度"]


def test_a_workbook_may_hold_two_tables():
    answers, customers = propose(FILES / "messy.xlsx")
    assert (answers.table, answers.sheet, customers.table, customers.sheet) == (
        "responses",
        "Q3 answers",
        "customers",
        "Customers",
    )
    assert guesses(answers)["recommend"] == "Recommend (0-10)"
    assert answers.what[-1] == "150 rows, 6 columns"  # the line of totals is none


def test_orders_of_a_customer_system_are_the_deals_that_were_won():
    [found] = propose(FILES / "hubspot_deals.csv")
    assert found.table == "transactions" and found.several == "Associated Contact IDs"
    assert guesses(found) == {"customer_id": "Associated Contact IDs", "ordered_at": "Close Date", "amount": "Amount"}
    assert found.keep_where == "\"Deal Stage\" IN ('Closed Won')"


def test_a_customer_list_is_known_by_an_id_of_every_row():
    [found] = propose(FILES / "hubspot_contacts.csv")
    assert found.table == "customers"
    assert guesses(found)["customer_id"] == "Record ID - Contact"
    assert guesses(found)["do_not_contact"] == "Unsubscribed from all email"


@pytest.mark.parametrize(
    ("rows", "recommend", "codes"),
    [
        (["10 - Extremely likely", "0 - Not at all likely", "7", "99"] * 5, "q", ["99"]),
        (["10", "0", "7", "3", "5", "8", "9"] * 5, None, None),
    ],
)
def test_a_scale_of_ten_is_the_recommendation_only_where_words_say_so(tmp_path, rows, recommend, codes):
    path = tmp_path / "t.csv"
    path.write_text("q,how satisfied\n" + "".join(f"{v},{1 + i % 5}\n" for i, v in enumerate(rows)), encoding="utf-8")
    [found] = propose(path)
    assert guesses(found).get("recommend") == recommend
    assert found.no_answer.get("recommend") == codes
    if recommend is None:
        assert [(g.name, g.origin) for g in found.doubtful][:1] == [("recommend", "q")]


def test_what_is_no_table_anybody_knows_is_asked_about(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("colour,shape\nred,round\nred,flat\n", encoding="utf-8")
    assert propose(path)[0].table is None
    assert propose(path, "customers")[0].table == "customers"
