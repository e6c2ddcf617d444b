import pandas as pd
import pytest

from tests.store.test_engine_intake import url_of
from workbench.core.engine import as_table, open_engine
from workbench.core.errors import InputError
from workbench.sampling import Frame, frame_summary, score_risk, stratum_counts
from workbench.sampling.frame import as_frame, is_fractional, named_levels

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d", "e"],
        "region": ["n", "n", "s", None, "s"],
        "class": pd.array([1, 2, 1, 1, None], dtype="Int64"),
        "amount": [5.0, 20.0, None, 40.0, 50.0],
    }
)


def test_counts_cross_the_strata_and_keep_missing_ones():
    counts = stratum_counts(Frame(CUSTOMERS, stratum=["region", "class"]))
    assert dict(zip(counts["stratum"], counts["population"], strict=True)) == {
        "(missing) | 1": 1,
        "n | 1": 1,
        "n | 2": 1,
        "s | (missing)": 1,
        "s | 1": 1,
    }
    assert list(counts.columns) == ["stratum", "population", "region", "class"]


def test_a_frame_is_a_dataframe_a_table_or_a_parquet_file(tmp_path):
    path = tmp_path / "客户 '1'.parquet"
    CUSTOMERS.to_parquet(path)
    for table in (CUSTOMERS, as_table(CUSTOMERS), path, str(path)):
        assert stratum_counts(Frame(table, eligible="amount >= 20"))["population"].tolist() == [3]
    assert as_frame(path).id == "customer_id"


def test_the_stratum_column_may_be_called_stratum():
    frame = Frame(CUSTOMERS.rename(columns={"region": "stratum"}), stratum="stratum")
    assert stratum_counts(frame)["stratum"].tolist() == ["(missing)", "n", "s"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"id": "customer"}, "did you mean 'customer_id'"),
        ({"stratum": "regoin"}, "did you mean 'region'"),
        ({"stratum": "amount"}, "bin_strata"),
        ({"id": "amount"}, "Ids and strata"),
        ({"eligible": "amout > 3"}, "did you mean 'amount'"),
        ({"eligible": "amount >"}, "Correct the condition"),
    ],
)
def test_a_frame_is_checked_when_it_is_made(arguments, words):
    with pytest.raises(InputError) as error:
        Frame(CUSTOMERS, **arguments)
    assert words in str(error.value)


def test_nobody_eligible_and_missing_ids_are_refused():
    with pytest.raises(InputError, match="at least one eligible"):
        stratum_counts(Frame(CUSTOMERS, eligible="amount > 1000"))
    with pytest.raises(InputError, match="has an id"):
        stratum_counts(Frame(CUSTOMERS.assign(customer_id=["a", None, "c", "d", "e"])))


def test_conditions_keep_their_order_and_reasons():
    frame = Frame(CUSTOMERS, eligible={"low": "amount > 10", "north": "region = 'n'"})
    assert frame.where == "(amount > 10) AND (region = 'n')"
    assert [r for r, _ in frame.reasons] == ["low", "north"]


def test_type_names():
    assert all(map(is_fractional, ["DOUBLE", "FLOAT", "double precision", "real", "double"]))
    assert not any(map(is_fractional, ["BIGINT", "VARCHAR", "DECIMAL(18,2)", "int"]))


def test_levels_are_named_as_strata_are():
    counts = stratum_counts(Frame(CUSTOMERS, stratum=["region"]))
    assert set(named_levels(CUSTOMERS["region"])) == set(counts["stratum"])
    assert named_levels(pd.Series([1, 2])).tolist() == ["1", "2"]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.engine(n)) for n in ("postgresql", "spark", "datafusion")]
)
def test_conditions_are_written_once_for_every_engine(name):
    """Capitals, odd names and backslashes; risks and exclusions count the same, and are shown as they were written."""
    people = pd.DataFrame(
        {"customer_id": ["a", "b", "c", "d"], "VIP": ["x\\y", "n", None, "n"], "floor space": [9, 2, 7, 8]}
    )
    rules = {"small": '"Floor space" > 5', "odd": "vip IS NULL OR vip <> 'n'"}
    found = []
    for engine in (open_engine("duckdb://"), open_engine(url_of(name))):
        frame = Frame(as_table(people, engine), eligible=rules)
        risks = score_risk(frame, {"y": ("Vip = 'x\\y'", 2.0)})
        found.append((frame_summary(frame).table["left"].tolist(), risks.table["customers"].tolist()))
        assert dict(frame.reasons) == rules
    assert found[0] == found[1] == ([4, 3, 2, 2], [1])
