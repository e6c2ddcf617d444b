from __future__ import annotations

import pytest

from workbench.learning.candidates.candidate import Sample


@pytest.fixture(scope="session")
def sample(folds) -> Sample:
    f = folds.latest.features
    return Sample(folds.latest.known, f.names, f.themes, folds.latest.bought, 90)
