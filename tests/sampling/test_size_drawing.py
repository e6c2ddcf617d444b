from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, ProportionalToSize, draw

SURVEY = Path(__file__).resolve().parents[2] / "reference" / "survey"
SHOPS = pd.DataFrame(
    {
        "customer_id": [f"k{i:03d}" for i in range(300)],
        "region": ["n", "s", "w"] * 100,
        "amount": (np.arange(300) ** 2 % 997 + 1) * 1.25,
    }
)
FRAME = Frame(SHOPS, stratum="region", size="amount")


@pytest.mark.parametrize(
    ("sizes", "words"), [([1, -2, 3], "1 negative"), ([1, None, 3], "1 missing"), ([1.0, 0.0, 2.0], "1 zero")]
)
def test_bad_sizes_are_refused(sizes, words):
    frame = Frame(pd.DataFrame({"customer_id": ["a", "b", "c"], "amount": sizes}), size="amount")
    with pytest.raises(InputError) as error:
        draw(frame, ProportionalToSize(1), salt="s")
    assert words in str(error.value)


def test_a_size_read_as_text_is_the_number_it_says():
    words = Frame(SHOPS.assign(amount=SHOPS["amount"].astype(str)), stratum="region", size="amount")
    design = ProportionalToSize(30)
    pd.testing.assert_frame_equal(draw(words, design, salt="s").table, draw(FRAME, design, salt="s").table)
