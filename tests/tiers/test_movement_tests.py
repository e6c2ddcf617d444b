import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import SquareTable

from workbench.core import InputError, use_language
from workbench.tiers import migration, migration_paths, migration_tests


@pytest.mark.parametrize("case", ["visual_acuity_female", "visual_acuity_male", "p2_p3"])
def test_agree_with_r(reference, case):
    known = reference[case]
    counts = known["counts"] if "counts" in known else reference["counts_p2_p3"]
    table = migration_tests(counts).table.set_index("test")
    for name, key in (("Stuart–Maxwell", "stuart_maxwell"), ("Bhapkar", "bhapkar"), ("Bowker", "bowker_symmetry")):
        assert table.loc[name, "statistic"] == pytest.approx(known[key]["chi2"], rel=1e-8)
        assert table.loc[name, "df"] == known[key]["df"]
        assert table.loc[name, "p_value"] == pytest.approx(known[key]["p"], rel=1e-8)


def test_equal_rates_agree_with_r(reference):
    for one, other, key in (
        (reference["counts_p1_p2"], reference["counts_p2_p3"], "homogeneity_p1p2_vs_p2p3"),
        (
            reference["visual_acuity_female"]["counts"],
            reference["visual_acuity_male"]["counts"],
            "acuity_homogeneity_male_female",
        ),
    ):
        table = migration_tests(other, one).table.set_index("test")
        assert table.loc["G²", "statistic"] == pytest.approx(reference[key]["G2"], rel=1e-8)
        assert table.loc["Pearson", "statistic"] == pytest.approx(reference[key]["pearson"], rel=1e-8)
        assert table.loc["G²", "df"] == reference[key]["df"]


@given(st.lists(st.lists(st.integers(1, 60), min_size=4, max_size=4), min_size=4, max_size=4))
def test_agree_with_statsmodels(rows):
    counts = np.array(rows)
    theirs = SquareTable(counts, shift_zeros=False)
    mine = migration_tests(counts).table.set_index("test")
    assert mine.loc["Stuart–Maxwell", "statistic"] == pytest.approx(
        theirs.homogeneity("stuart_maxwell").statistic, abs=1e-8
    )
    assert mine.loc["Bhapkar", "statistic"] == pytest.approx(theirs.homogeneity("bhapkar").statistic, abs=1e-8)
    assert mine.loc["Bowker", "statistic"] == pytest.approx(theirs.symmetry().statistic, abs=1e-8)


def test_a_tier_with_equal_margins_stays_in():
    counts = np.array([[20, 5, 9], [5, 30, 2], [9, 2, 40]]) + np.array([[0, 3, 0], [0, 0, 3], [0, 0, 0]])
    assert counts.sum(axis=0)[1] == counts.sum(axis=1)[1]
    assert migration_tests(counts).table["df"][0] == 2


def test_nobody_moved():
    table = migration_tests(np.diag([5, 6, 7])).table
    assert table["p_value"].tolist() == [1.0, 1.0, 1.0]


def test_shows_itself_and_refuses():
    with use_language("zh-CN"):
        assert "统计量" in migration_tests([[20, 10], [5, 40]])._repr_html_()
    for bad in ([[1, 2, 3], [4, 5, 6]], [[-1, 2], [3, 4]], [[0, 0], [0, 0]]):
        with pytest.raises(InputError, match="square table"):
            migration_tests(bad)
    with pytest.raises(InputError, match="same tiers"):
        migration_tests(np.ones((2, 2)), np.ones((3, 3)))


def test_markov_order_agrees_with_the_reference(cdnow_tiers, reference):
    names = ["4", "3", "2", "1"]
    waves = [cdnow_tiers[["customer_id"]].assign(tier=cdnow_tiers[p].astype(str)) for p in ("p1", "p2", "p3")]
    paths = migration_paths(*waves, tiers=names)
    assert paths.sum() == len(cdnow_tiers)
    line = migration_tests(migration(waves[1], waves[2], tiers=names), paths=paths).table.iloc[-1]
    known = reference["order_first_vs_second"]
    assert line["statistic"] == pytest.approx(known["G2"], rel=1e-8)
    assert line["df"] == known["df"]
    assert line["p_value"] == pytest.approx(known["p"], rel=1e-6)
    with pytest.raises(InputError, match="Paths are counts"):
        migration_tests([[1, 2], [3, 4]], paths=paths)
    with pytest.raises(InputError, match="same tiers"):
        migration_paths(*waves, tiers=names[:3])
