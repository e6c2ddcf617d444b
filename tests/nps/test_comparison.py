import numpy as np
import pytest
from scipy import stats

from workbench.nps import nps_comparison


def test_sfo_pairs_and_rest(reference):
    data = reference.data("sfo_2018")
    data = data[data["NETPRO"].between(0, 10) & data["DESTMARK"].notna()]
    data["DESTMARK"] = data["DESTMARK"].astype(int)
    expected = reference.numbers("nps")
    pairs = nps_comparison(data, by="DESTMARK", column="NETPRO", against="each other").pairs
    # the reference has normal tails and no n/(n - 1)
    z = stats.norm.isf(np.array(list(expected["pairwise_destmark_2018"]["p_raw"].values())) / 2)
    np.testing.assert_allclose(pairs["estimate"].abs() / pairs["std_error"], z, rtol=0.005)
    rest = nps_comparison(data, by="DESTMARK", column="NETPRO").pairs
    z = stats.norm.isf(np.array([g["p_vs_rest"] for g in expected["group_vs_rest_2018"].values()]) / 2)
    np.testing.assert_allclose(rest["estimate"].abs() / rest["std_error"], z, rtol=0.005)
    # with the tails of the thinner group no p is smaller than a normal one
    assert (rest["p_value"] >= 2 * stats.norm.sf(rest["estimate"].abs() / rest["std_error"])).all()


def test_the_difference_to_the_total_is_that_to_the_rest_times_its_share(reference):
    data = reference.data("sfo_2018")
    data = data[data["NETPRO"].between(0, 10) & data["DESTMARK"].notna()]
    compared = nps_comparison(data, by="DESTMARK", column="NETPRO")
    points = np.where(data["NETPRO"] >= 9, 100, np.where(data["NETPRO"] >= 7, 0, -100))
    first = compared.table.iloc[0]
    share = first["n"] / len(data)
    gap = first["estimate"] - points.mean()
    assert gap == pytest.approx((1 - share) * compared.pairs["estimate"].iloc[0])
