from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import InputError
from workbench.store.formats.questionnaire import read_questionnaire

FILES = Path(__file__).resolve().parents[2] / "reference" / "files"
NEWER = """<?xml version="1.0"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType>
<questions><rows>
<row><qid>1</qid><gid>1</gid><type>M</type><title>Q1</title><other>Y</other><question_order>1</question_order></row>
<row><qid>2</qid><gid>1</gid><type>A</type><title>Q2</title><other>N</other><question_order>2</question_order></row>
<row><qid>3</qid><gid>1</gid><type>X</type><title>T</title><other>N</other><question_order>3</question_order></row>
<row><qid>4</qid><gid>1</gid><type>R</type><title>Q4</title><other>N</other><question_order>4</question_order></row>
</rows></questions>
<subquestions><rows>
<row><qid>11</qid><parent_qid>1</parent_qid><title>SQ001</title><question_order>1</question_order></row>
<row><qid>12</qid><parent_qid>2</parent_qid><title>A</title><question_order>1</question_order></row>
</rows></subquestions>
<question_l10ns><rows>
<row><qid>1</qid><question>Which?</question><language>en</language></row>
<row><qid>1</qid><question>哪些？</question><language>zh-Hans</language></row>
<row><qid>2</qid><question>How &lt;b&gt;good&lt;/b&gt;?</question><language>en</language></row>
<row><qid>11</qid><question>Shop</question><language>en</language></row>
<row><qid>12</qid><question>Price</question><language>en</language></row>
</rows></question_l10ns>
<answers><rows><row><aid>7</aid><qid>4</qid><code>a</code><sortorder>2</sortorder></row>
<row><aid>8</aid><qid>4</qid><code>b</code><sortorder>1</sortorder></row></rows></answers>
<answer_l10ns><rows><row><aid>7</aid><answer>Alpha</answer><language>en</language></row></rows></answer_l10ns>
</document>"""


def test_questions_answers_and_other_are_read():
    book = read_questionnaire(FILES / "limesurvey_questionnaire.lss")
    assert [c.name for c in book.columns] == ["cob", "yob", "fcol", "fcol[other]"]
    assert book.column("fcol").labels("en") == {
        1: "Red",
        2: "Green",
        3: "Blue",
        4: "Yellow",
        5: "Orange",
        "-oth-": "Other",
    }
    assert (book.column("yob").kind, book.title["en"]) == ("number", "A Rather Interesting Questionnaire for Testing")
    assert read_questionnaire(FILES / "limesurvey_two_languages.lss").column("Q1").kind == "text"


def test_texts_may_lie_in_tables_of_their_own(tmp_path):
    path = tmp_path / "q.lss"
    path.write_text(NEWER, encoding="utf-8")
    book = read_questionnaire(path)
    assert [c.name for c in book.columns] == ["Q1[SQ001]", "Q1[other]", "Q2[A]", "Q4[1]", "Q4[2]"]
    assert book.sets[0].columns == ("Q1[SQ001]",) and book.sets[0].label["zh-CN"] == "哪些？"
    assert book.column("Q2[A]").question("en") == "How good ? - Price"
    assert [c.code for c in book.column("Q2[A]").choices] == [1, 2, 3, 4, 5]
    assert book.column("Q4[1]").labels("en") == {"b": "b", "a": "Alpha"}


def test_a_damaged_one_is_refused(tmp_path):
    path = tmp_path / "q.lss"
    path.write_text(NEWER[:400], encoding="utf-8")
    with pytest.raises(InputError, match="can be read"):
        read_questionnaire(path)
