"""Notebooks of a study's own, and a wave with answers to run them on."""

from __future__ import annotations

import nbformat
import numpy as np
import pandas as pd
import pytest

from workbench.store import Wave


@pytest.fixture
def answered(make_wave) -> Wave:
    """A wave of 120 weighted answers."""
    wave = Wave.open(make_wave())
    rng = np.random.default_rng(4)
    people = pd.DataFrame(
        {
            "customer_id": [f"{i}" for i in range(120)],
            "recommend": rng.integers(0, 11, 120),
            "satisfaction": rng.integers(1, 6, 120),
            "region": ["n", "s"] * 56 + ["tiny"] * 8,
            "weight": 1.0,
            "stratum": "all",
            "psu": "x",
        }
    )
    wave.keep("respondents", people)
    return wave


@pytest.fixture
def write_own(answered):
    """Return a function that writes an own notebook: texts are cells, ``md:`` prose, a pair has tags before it."""

    def write(name: str, *cells, parameters: str | None = 'wave_folder = "x"') -> None:
        v4 = nbformat.v4
        made = []
        if parameters is not None:
            made.append(v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
        for cell in cells:
            tags, text = cell if isinstance(cell, tuple) else ("", cell)
            new = v4.new_markdown_cell(text[3:]) if text.startswith("md:") else v4.new_code_cell(text)
            new.metadata["tags"] = tags.split()
            made.append(new)
        kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
        folder = answered.folder.parent / "chapters"
        folder.mkdir(exist_ok=True)
        nbformat.write(v4.new_notebook(cells=made, metadata=kernel), folder / f"{name}.ipynb")

    return write
