import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.nps import importance_performance, key_drivers, penalty_reward


def items(reference):
    expected = reference.numbers("ipa_prca")
    columns = list(expected["prca"])
    data = reference.data("sfo_2017")
    data[columns] = data[columns].where(data[columns].apply(lambda s: s.between(1, 5)))
    return expected, data, columns


def test_prca_of_r_lm(reference):
    expected, data, columns = items(reference)
    complete = data[data[[*columns, "NETPRO"]].notna().all(axis=1)]
    table = penalty_reward(complete, "NETPRO", columns).table
    np.testing.assert_allclose(table["penalty"], [v["penalty"] for v in expected["prca"].values()], rtol=1e-8)
    np.testing.assert_allclose(table["reward"], [v["reward"] for v in expected["prca"].values()], rtol=1e-8)
    assert table["n"].iloc[0] == expected["n"]
    clear = [v["penalty_p"] < 0.001 for v in expected["prca"].values()]
    assert (table.loc[clear, "penalty_p"] < 0.05).all()


def test_quadrants(reference):
    expected, data, columns = items(reference)
    complete = data[data[[*columns, "NETPRO"]].notna().all(axis=1)]
    drivers = key_drivers(complete, "NETPRO", columns, bootstrap=30, seed=1)
    result = importance_performance(drivers)
    table = result.table.set_index("driver").loc[columns]
    wanted = expected["ipa"]
    np.testing.assert_allclose(table["performance"], [v["performance"] for v in wanted.values()], rtol=1e-9)
    assert result.performance_cut == pytest.approx(expected["cut"]["performance"], rel=1e-9)
    assert result.importance_cut == pytest.approx(expected["cut"]["importance"] / 100, rel=1e-9)
    assert "优先改进" in result.to_html("zh-CN") or "保持" in result.to_html("zh-CN")
    assert result.plot("zh-CN").axes


def test_drivers_without_contrasts_of_their_own_are_named_and_left_out(reference):
    _, data, columns = items(reference)
    plain = penalty_reward(data, "NETPRO", columns)
    data["always"], data["again"] = 5.0, data[columns[0]]
    found = penalty_reward(data, "NETPRO", [columns[0], "always", "again", *columns[1:]])
    pd.testing.assert_frame_equal(found.table, plain.table)
    assert [n.message.values["driver"] for n in found.notes[:2]] == ["always", "again"]
    with pytest.raises(InputError, match="bad and very good ratings of its own"):
        penalty_reward(data, "NETPRO", ["always"])


def test_the_order_of_a_list_comes_along():
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"staff": rng.integers(1, 6, 300), "place": range(300), "h": 1})
    data["recommend"] = (data["staff"] * 2 - (rng.random(300) < 0.5)).clip(0, 10)
    found = penalty_reward(data, "recommend", ["staff"], Design(stratum="h", order="place"))
    assert len(found.table) == 1
