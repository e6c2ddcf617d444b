from __future__ import annotations

import numpy as np
import pytest

from workbench.store.demo.answers import answers_of
from workbench.store.demo.blocks import blocks
from workbench.store.demo.parameters import ATTRIBUTES, OPINIONS, REGIONS, WAVES


@pytest.fixture(scope="module")
def made():
    return [[answers_of(block, wave) for block in blocks(40_000, seed=9)] for wave in WAVES]


def join(parts, pick):
    return np.concatenate([pick(a)[a.present] for a in parts])


def test_scales(made):
    for parts in made:
        assert set(join(parts, lambda a: a.recommend)) == set(range(11))
        assert set(join(parts, lambda a: a.satisfaction)) == {1, 2, 3, 4, 5}
        assert set(join(parts, lambda a: a.effort)) == {1, 2, 3, 4, 5, 6, 7}
        for k in range(len(ATTRIBUTES)):
            assert set(join(parts, lambda a, k=k: a.ratings[:, k])) == {1, 2, 3, 4, 5}


def test_a_customer_is_made_alone_as_in_company(made):
    block = blocks(40_000, seed=9)[5]
    again = answers_of(block, WAVES[1])
    assert (again.latent == made[1][5].latent).all()


def test_opinions_are_stable_but_not_fixed(made):
    both = [a.present for a in made[0]]
    before, after = (np.concatenate([a.latent[b] for a, b in zip(parts, both, strict=True)]) for parts in made)
    assert 0.5 < np.corrcoef(before, after)[0, 1] < 0.75


def test_second_wave_changes_regions_as_documented(made):
    both = [a.present for a in made[0]]
    change = np.concatenate([(b.latent - a.latent)[k] for a, b, k in zip(*made, both, strict=True)])
    region = np.concatenate([a.customers.region[k] for a, k in zip(made[0], both, strict=True)])
    for code in range(len(REGIONS)):
        mine = change[region == code]
        assert abs(mine.mean() - OPINIONS.second_wave[code]) < 4 * mine.std() / np.sqrt(mine.size)


def test_important_attributes_move_the_latent_more(made):
    parts = made[0]
    latent = join(parts, lambda a: a.latent)
    ratings = join(parts, lambda a: a.ratings).astype(float)
    design = np.column_stack([np.ones(latent.size), (ratings - ratings.mean(0)) / ratings.std(0)])
    slopes = np.linalg.lstsq(design, latent, rcond=None)[0][1:]
    assert slopes[ATTRIBUTES.index("quality")] == slopes.max()
    assert slopes[ATTRIBUTES.index("app")] == slopes.min()


def test_realistic_nps(company):
    for wave in company.waves:
        assert 23 < company.truth[wave]["all"]["nps"] < 42
        values = [facts["nps"] for facts in company.truth[wave]["all"]["regions"].values()]
        assert min(values) > -5
        assert max(values) < 60
        assert max(values) - min(values) > 25
