import numpy as np
import pandas as pd
import pytest

from workbench.clustering import battery_score, build_features, fit_segments, interest_columns
from workbench.core import InputError
from workbench.core.engine import as_table


@pytest.fixture(scope="module")
def ratings():
    rng = np.random.default_rng(1)
    mood = rng.normal(size=400)
    made = {f"q{i}": np.clip(np.round(3 + mood + rng.normal(0, 0.7, 400)), 1, 5) for i in range(4)}
    return pd.DataFrame(made | {"turned": 6 - made["q0"]})


def test_alpha_agrees_with_another_implementation(ratings):
    from workbench.nps import scale_reliability

    items = ["q0", "q1", "q2", "q3"]
    known = scale_reliability(ratings, items)
    assert battery_score(ratings, items).alpha == pytest.approx(known.alpha, rel=1e-9)


def test_alpha_is_that_of_the_covariances(ratings):
    items = ["q0", "q1", "q2", "q3"]
    v = np.cov(ratings[items].T)
    assert battery_score(ratings, items).alpha == pytest.approx(4 / 3 * (1 - np.trace(v) / v.sum()), rel=1e-12)


def test_reversed_and_missing_ratings(ratings):
    plain = battery_score(ratings, ["q0", "q1"])
    turned = battery_score(ratings, ["turned", "q1"], reversed_items=["turned"])
    np.testing.assert_allclose(plain.score, turned.score)
    gaps = ratings.assign(q0=ratings["q0"].where(ratings.index > 9), q1=ratings["q1"].where(ratings.index > 4))
    found = battery_score(gaps, ["q0", "q1"])
    assert found.score.isna().sum() == 5 and "395 of 400" in str(found.notes[0].message)


def test_unrelated_ratings_are_told():
    rng = np.random.default_rng(2)
    noise = pd.DataFrame(rng.integers(1, 6, (300, 3)), columns=list("abc"))
    assert "do not measure one thing" in str(battery_score(noise, list("abc")).notes[-1].message)


def test_interests_become_categories_of_segments():
    rng = np.random.default_rng(3)
    lists = ["茶;音乐", "茶；健身", "music, tea", None, "健身"]
    people = pd.DataFrame(
        {"customer_id": [f"{i:03d}" for i in range(200)], "interests": [lists[i] for i in rng.integers(0, 5, 200)]}
    )
    table, names = interest_columns(as_table(people), most=4)
    flags = table.to_frame().set_index("customer_id").reindex(people["customer_id"])
    assert set(names) <= {f"interests: {x}" for x in ("茶", "音乐", "健身", "music", "tea")}
    tea = people["interests"].isin(["茶;音乐", "茶；健身"]).to_numpy()
    assert ((flags["interests: 茶"] == "yes").to_numpy() == tea).all()
    assert (flags["interests: 茶"].isna().to_numpy() == people["interests"].isna().to_numpy()).all()
    made = build_features(table, categories=names)
    assert set(made.table["field"].astype(str)) == {"attitudes"}
    assert fit_segments(made, k=2, method="latent_class", seed=1).k == 2


def test_an_interest_is_one_however_its_capitals_are():
    lists = ["Tea;Cup", "tea", "TEA; pot", "cup"]
    people = pd.DataFrame({"customer_id": list("abcd"), "interests": lists})
    table, names = interest_columns(as_table(people), most=2)
    assert names == ("interests: TEA", "interests: Cup")
    assert table.to_frame()["interests: TEA"].tolist() == ["yes", "yes", "yes", "no"]


def test_refuses(ratings):
    with pytest.raises(InputError, match="two ratings"):
        battery_score(ratings, ["q0"])
    with pytest.raises(InputError, match="differ between"):
        battery_score(ratings.assign(q0=3.0, q1=3.0), ["q0", "q1"])
    with pytest.raises(InputError, match="Interests are listed"):
        interest_columns(as_table(pd.DataFrame({"customer_id": ["a"], "interests": [""]})))
