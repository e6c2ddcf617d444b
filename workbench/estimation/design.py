"""How a sample was drawn, said in names of columns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from numbers import Real
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from workbench.core.calls import column_name, column_names
from workbench.core.errors import InputError
from workbench.estimation.two_phase import SecondPhase
from workbench.weighting import Weights

if TYPE_CHECKING:
    from workbench.estimation.delivered import Replicates
    from workbench.estimation.replicates import ReplicateWeights

LonelyPsu = Literal["fail", "certainty", "adjust", "average"]
ChanceRule = Literal["hajek", "brewer", "poisson"]
PsuLabels = Literal["unique", "within_stratum"]
PAIRS = "pairs"


@dataclass(frozen=True)
class Design:
    """A sampling design by the names of its columns.

    Parameters
    ----------
    weight
        Column of final weights. Without it weights are 1 / `probability`, or 1 where that is not given either.
    stratum
        Column of strata of the first stage.
    psu
        Column of primary sampling units (flights, stores), or one column per stage from the outside in; without it
        every row is a unit of its own.
    population
        Column that holds, for each row, how many units its stratum has in the population (finite population
        correction), or which share of them was drawn (0 to 1); one column per stage. One column more than in `psu`
        means that the rows themselves were drawn from the units of the last stage. Without it the first stage counts as
        drawn with replacement.
    probability
        Column of inclusion probabilities, read where `weight` is not given.
    lonely_psu
        What a stratum with one unit and an unknown variance contributes: ``fail`` (an error that names it),
        ``certainty`` (nothing), ``adjust`` (its distance to zero, the mean of all scores), ``average`` (the mean
        contribution of the other strata).
    replicates
        Replicate weights, those that `replicate_weights` made or `Replicates` that came with the file; variances come
        from them where given.
    psu_labels
        ``unique``: a PSU label means one unit, and the same label in two strata is an error; ``within_stratum``:
        labels start anew in each stratum.
    calibration
        The result of `rake`, `post_stratify` or `calibrate` that made `weight`: variances then count what calibration
        gained. Without it calibrated weights are taken as fixed, which overstates or understates variances.
    order
        For systematic samples: column of the position in the list from which first-stage units were taken at equal
        steps. The variance then comes from successive differences, as one systematic sample has no unbiased one.
        Without it units count as drawn at random within their stratum, which is too cautious on a sorted list.
    without_replacement
        For unequal chances without replacement, of first-stage units or rows: ``hajek`` (a fixed size; also Pareto and
        sequential Poisson samples), ``brewer`` (the same with a plain mean), ``poisson`` (every unit decides alone), or
        the joint probabilities of all rows, a table by their labels or an array. Chances are `probability`, else
        1 / `weight`; units with chance 1 bring no variance. Without it such units count as drawn with replacement.
    collapse
        Where a stratum has one unit: column with the group that a stratum is joined to for the variance, strata that
        are alike in a group; or ``pairs``, which joins the units of a systematic sample two and two in their `order`,
        the last three where they are odd. The variance is then too large rather than too small.
    collapse_size
        With `collapse` by a column: column of the strata's sizes, which their totals are taken to follow.
    df
        Degrees of freedom of the whole sample, where its maker says them; groups have no more than their units give.
    second_phase
        Rows of the table that were drawn again, or answered, from those of the first phase, which all stay in the
        table; the rest of the design is that of the first phase, customers drawn at random within strata.

    Raises
    ------
    InputError
        If the rule for lonely PSUs is unknown, stages and populations do not match, or `calibration` is something else.

    Examples
    --------
    >>> Design(weight="w", stratum="region", population="N_h").stages
    ()
    """

    weight: str | None = None
    stratum: str | None = None
    psu: str | list[str] | tuple[str, ...] | None = None
    population: str | list[str] | tuple[str, ...] | None = None
    probability: str | None = None
    lonely_psu: LonelyPsu = "fail"
    replicates: Replicates | ReplicateWeights | None = field(default=None, compare=False)
    psu_labels: PsuLabels = "unique"
    calibration: Weights | None = field(default=None, compare=False)
    order: str | None = None
    without_replacement: ChanceRule | pd.DataFrame | np.ndarray | None = field(default=None, compare=False)
    collapse: str | None = None
    collapse_size: str | None = None
    df: float | None = None
    second_phase: SecondPhase | None = None

    def __post_init__(self) -> None:
        self._check_names()
        for name, value, allowed in (
            ("lonely_psu", self.lonely_psu, get_args(LonelyPsu)),
            ("psu_labels", self.psu_labels, get_args(PsuLabels)),
        ):
            if value not in allowed:
                raise InputError(
                    f"{name} is one of {', '.join(allowed)}.", found=repr(value), fix="Choose one.", where="Design"
                )
        if self.calibration is not None and not isinstance(self.calibration, Weights):
            raise InputError(
                "calibration= takes what `rake`, `post_stratify` or `calibrate` returned.",
                found=type(self.calibration).__name__,
                fix="Write Design(calibration=raked), not raked.calibration or raked.weights.",
                where="Design",
            )
        stages, sizes = len(self.stages), len(self.populations)
        if sizes and sizes > stages + 1:
            raise InputError(
                "There is one population column per stage.",
                found=f"{stages} stages of units, {sizes} population columns",
                fix="Name the unit column of every stage but the last, and one population per stage.",
                where="Design",
            )
        self._check_replicates()
        if self.order is not None and self.replicates is not None:
            raise InputError(
                "Replicates know no order of units.",
                found="a design with order= and replicates=",
                fix="Leave one of them out.",
                where="Design",
            )

        self._check_chances()
        self._check_collapse()
        self._check_phases()

    def _check_phases(self) -> None:
        if self.second_phase is None:
            return
        clash = [
            n for n in ("order", "replicates", "without_replacement", "collapse", "calibration") if getattr(self, n)
        ]
        clash += ["psu"] if self.stages else []
        if clash or not isinstance(self.second_phase, SecondPhase):
            raise InputError(
                "A second phase follows a first one of customers drawn at random within strata.",
                found=f"second_phase= with {', '.join(clash)}" if clash else type(self.second_phase).__name__,
                fix='Write Design(weight="w", stratum="h", population="N", second_phase=SecondPhase("selected", '
                'stratum="class")), without what does not go with it.',
                where="Design",
            )

    def _check_collapse(self) -> None:
        if self.df is not None and not (isinstance(self.df, Real) and self.df > 0):
            raise InputError(
                "Degrees of freedom are a number above 0.",
                found=f"df={self.df!r}",
                fix="Leave df out for units minus strata.",
                where="Design",
            )
        pairs = self.collapse == PAIRS
        if (
            (pairs and (self.order is None or self.collapse_size is not None))
            or (self.collapse is not None and not pairs and (self.stratum is None or self.order is not None))
            or (self.collapse is None and self.collapse_size is not None)
            or (self.collapse is not None and (self.replicates is not None or self.without_replacement is not None))
        ):
            raise InputError(
                "Strata are joined by a column of their groups, units of a systematic sample in pairs of their order.",
                found=f"collapse={self.collapse!r}, stratum={self.stratum!r}, order={self.order!r}, "
                f"collapse_size={self.collapse_size!r}",
                fix='Write Design(stratum="h", collapse="group"), or Design(order="place", collapse="pairs").',
                where="Design",
            )

    def _check_chances(self) -> None:
        rule = self.without_replacement
        if rule is None:
            return
        if isinstance(rule, str) and rule not in get_args(ChanceRule):
            raise InputError(
                f"without_replacement is one of {', '.join(get_args(ChanceRule))}, or joint probabilities.",
                found=repr(rule),
                fix="Choose one.",
                where="Design",
            )
        pairs = not isinstance(rule, str)
        clash = [n for n in ("population", "order", "replicates") if getattr(self, n) is not None]
        clash += ["psu"] if len(self.stages) > 1 or (pairs and self.stages) else []
        if clash or (self.weight is None and self.probability is None):
            raise InputError(
                "Unequal chances without replacement are those of first-stage units, with a weight or a probability.",
                found=f"without_replacement= with {', '.join(clash) or 'neither weight nor probability'}",
                fix="Leave out population=, order= and replicates=, and name units of one stage at most.",
                where="Design",
            )

    def _check_replicates(self) -> None:
        from workbench.estimation.delivered import Replicates
        from workbench.estimation.replicates import ReplicateWeights

        if self.replicates is not None and not isinstance(self.replicates, Replicates | ReplicateWeights):
            raise InputError(
                "replicates= takes `Replicates`, or what `replicate_weights` returned.",
                found=type(self.replicates).__name__,
                fix='Write Design(weight="w", replicates=Replicates(columns="w{r}", type="jk1")).',
                where="Design",
            )
        if isinstance(self.replicates, Replicates) and self.weight is None:
            raise InputError(
                "Replicate weights go with a main weight.",
                found="a design with replicates= and without weight=",
                fix="Name the column of the main weight.",
                where="Design",
            )

    def _check_names(self) -> None:
        for name in ("weight", "stratum", "probability", "order", "collapse", "collapse_size"):
            if getattr(self, name) is not None:
                column_name(getattr(self, name), name)
        for name in ("psu", "population"):
            given = getattr(self, name)
            if given is not None and not (isinstance(given, list | tuple) and not given):
                # an index or an array of names becomes what designs can be compared by
                read = column_names(given, name)
                kept = read if isinstance(given, str | list) else tuple(read)
                object.__setattr__(self, name, kept)

    def as_random(self) -> Design:
        """Return the design for methods that resample units: too cautious rather than too bold.

        Systematic samples count as drawn at random, unequal chances as drawn with replacement.

        Examples
        --------
        >>> Design(weight="w", order="place").as_random().order is None
        True
        """
        joined = None if self.collapse == PAIRS else self.collapse
        return replace(self, order=None, without_replacement=None, collapse=joined)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the data that the design names, each once.

        Examples
        --------
        >>> Design(weight="w", stratum="region", order="place").columns
        ('w', 'region', 'place')
        """
        joined = None if self.collapse == PAIRS else self.collapse
        phase = self.second_phase
        again = (phase.selected, phase.stratum) if phase is not None else ()
        single = (self.weight, self.probability, self.stratum, self.order, joined, self.collapse_size, *again)
        return tuple(dict.fromkeys(c for c in (*single, *self.stages, *self.populations) if c))

    def columns_in(self, data: pd.DataFrame) -> tuple[str, ...]:
        """Every column of a table that the design reads, those of replicate weights among them.

        Examples
        --------
        >>> from workbench.estimation import Replicates
        >>> table = pd.DataFrame({"w": [1.0], "r1": [2.0], "r2": [0.0], "y": [5]})
        >>> Design(weight="w", replicates=Replicates(columns="r{r}", type="jk1")).columns_in(table)
        ('w', 'r1', 'r2')
        """
        from workbench.estimation.delivered import Replicates

        more = self.replicates.names(data) if isinstance(self.replicates, Replicates) else []
        return tuple(dict.fromkeys((*self.columns, *more)))

    @property
    def stages(self) -> tuple[str, ...]:
        """Columns of sampling units, from the first stage on."""
        return (self.psu,) if isinstance(self.psu, str) else tuple(self.psu or ())

    @property
    def populations(self) -> tuple[str, ...]:
        """Columns of population sizes, from the first stage on."""
        return (self.population,) if isinstance(self.population, str) else tuple(self.population or ())
