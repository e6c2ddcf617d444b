"""The demo company: a generated retailer whose truth is known, to show the workbench and to test it.

Nothing in it is real, and ``truth.md`` beside the data says so and tells how everything is generated.
"""

from workbench.store.demo.company import (
    Company,
    make_company,
    open_company,
    population_answers,
    population_batches,
    simulate_fieldwork,
)

__all__ = [
    "Company",
    "make_company",
    "open_company",
    "population_answers",
    "population_batches",
    "simulate_fieldwork",
]
