from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.tabulation import multiple, single

DATA = pd.DataFrame({"brand": ["a", "b", "b", "other", None], "visits": [1, 0, 2, 3, 4]})


def counts(found):
    return dict(zip(map(str, found.labels), found.values.sum(axis=0).tolist(), strict=True))


def test_answers_by_frequency_with_nets_above_their_parts():
    found = single("brand", sort=True, last=["other"], nets={"known": ["a", "b"]}).measure(DATA, "answered")
    assert counts(found) == {"known": 3, "b": 2, "a": 1, "other": 1} and next(iter(counts(found))) == "known"
    assert found.kinds == ("net", "answer", "answer", "answer") and found.part_of == {0: {1, 2}}
    assert found.base.sum() == 4


def test_the_base_is_who_answered_was_asked_or_everybody():
    rows = single("brand", asked="visits > 0")
    assert [rows.measure(DATA, b).base.sum() for b in ("answered", "asked", "all")] == [3, 4, 5]
    with pytest.raises(InputError, match="says who was asked"):
        single("brand").measure(DATA, "asked")


def test_choices_from_columns_and_from_cells_are_the_same():
    ticks = pd.DataFrame({"app": [1, 0, 1, None], "web": [1, 1, 0, None], "none": [0, 0, 0, None]})
    cells = pd.DataFrame({"used": ["app;web", "web", "app", None]})
    one = multiple({"app": "app", "web": "web"}, none="none", nets={"any": ["app", "web"]}).measure(ticks, "answered")
    two = multiple("used", nets={"any": ["app", "web"]}).measure(cells, "answered")
    assert counts(one) == {"any": 3, "app": 2, "web": 2, "None of these": 0, "Mentions a head": 4}
    assert {k: v for k, v in counts(one).items() if k != "None of these"} == counts(two)
    np.testing.assert_array_equal(one.base, two.base)


def test_shares_of_responses_are_of_mentions_and_their_base_is_people():
    cells = pd.DataFrame({"used": ["app;web", "web", None]})
    found = multiple("used", percent_of="responses").measure(cells, "answered")
    assert found.base[:, 0].tolist() == [2, 1, 0] and found.people[:, 0].tolist() == [1, 1, 0]
    assert not found.are_shares.any()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (single("brand", nets={"x": ["aa"]}), "'aa'"),
        (multiple({"a": "bad"}), "1 where it was ticked"),
        (multiple({"a": "visits1"}, none="visits2"), "nothing else"),
        (multiple({"a": "visits1"}, nets={"x": ["b"]}), "choices together"),
        (single("nothing"), "at least one answer"),
    ],
)
def test_wrong_questions_are_refused(rows, said):
    data = DATA.assign(bad=2, visits1=[1, 0, 0, 0, 0], visits2=[1, 0, 0, 0, 0], nothing=None)
    with pytest.raises(InputError, match=said):
        rows.measure(data, "answered")
