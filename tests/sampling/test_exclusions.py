import pandas as pd

from workbench.sampling import Frame, frame_summary

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d", "e", "e"],
        "region": ["n", "n", "s", None, "s", "s"],
        "amount": [5.0, 20.0, None, 40.0, 50.0, 50.0],
        "do_not_contact": [False, True, False, False, False, False],
    }
)
RULES = {"asked not to be contacted": "NOT do_not_contact", "spent 10 or less": "amount > 10"}


def test_the_waterfall_adds_up():
    summary = frame_summary(Frame(CUSTOMERS, stratum="region", eligible=RULES))
    table = summary.table
    assert table["step"].tolist() == ["population", "excluded", "excluded", "eligible"]
    assert table["customers"].tolist() == [6, 1, 2, 3]
    assert table["undecided"].tolist() == [0, 0, 1, 0]
    assert table["left"].tolist() == [6, 5, 3, 3]
    assert (summary.population, summary.eligible, summary.duplicates) == (6, 3, 1)
    assert summary.strata["share"].sum() == 1
    assert summary.strata["population"].sum() == summary.eligible


def test_caveats_are_said():
    notes = [n.message.text("en") for n in frame_summary(Frame(CUSTOMERS, stratum="region", eligible=RULES)).notes]
    assert any("1 ids occur more than once" in n for n in notes)
    assert any("value that decides is missing" in n for n in notes)
    assert any("1 customers lack a stratum variable" in n for n in notes)
    assert any("1 strata have one customer each" in n for n in notes)


def test_it_shows_itself_in_both_languages_without_ids():
    summary = frame_summary(Frame(CUSTOMERS.iloc[:5], eligible=RULES))
    assert "Eligible customers" in summary.to_html("en")
    assert "合格客户" in summary.to_html("zh-CN")
    assert summary.plot("zh-CN").axes
    assert summary.plot("en").axes


def test_no_condition_means_everybody():
    assert frame_summary(CUSTOMERS).table["customers"].tolist() == [6, 6]
