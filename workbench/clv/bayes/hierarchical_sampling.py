"""The posterior of a hierarchy, drawn by PyMC (No-U-Turn sampler).

Group g has quantities η_g = μ + τ z_g (see `hierarchy`), z_g ~ N(0, 1), τ ~ HalfNormal(`between`), and

    BG/NBD, MBG/NBD: μ_r ~ N(0, 1.5), μ_rate ~ N(0, 2), μ_leaving ~ N(0, 1.5), μ_sameness ~ N(1, 1.5);
    Pareto/NBD:      μ_r ~ N(0, 1.5), μ_rate ~ N(0, 2), μ_s ~ N(0, 1.5), μ_leaving ~ N(0, 2).

A single group has η = μ. Every distinct history enters once, its log-likelihood times the number of its customers. The
likelihoods of BG/NBD and MBG/NBD are PyMC-Marketing's; that of Pareto/NBD is this room's, because the derivatives of
the hypergeometric function there are series that take a thousand times as long.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from workbench.clv.bayes.hierarchy import KINDS, Hierarchy, parameters
from workbench.clv.models.pareto_nbd_curvature import Places
from workbench.clv.models.pareto_nbd_fit import gradient
from workbench.clv.purchases.patterns import Floats
from workbench.core.errors import InputError

if TYPE_CHECKING:
    from types import ModuleType

CENTRES: Final = {"bg_nbd": (0.0, 0.0, 0.0, 1.0), "mbg_nbd": (0.0, 0.0, 0.0, 1.0), "pareto_nbd": (0.0, 0.0, 0.0, 0.0)}
SPREADS: Final = {"bg_nbd": (1.5, 2.0, 1.5, 1.5), "mbg_nbd": (1.5, 2.0, 1.5, 1.5), "pareto_nbd": (1.5, 2.0, 1.5, 2.0)}
_DISTRIBUTIONS: Final = {"bg_nbd": "BetaGeoNBD", "mbg_nbd": "ModifiedBetaGeoNBD"}
_CAREFUL: Final = 0.95


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the sampler found.

    Attributes
    ----------
    quantities
        Chains × draws × groups × four quantities without a unit.
    between
        Chains × draws × four standard deviations between groups; none with a single group.
    diverged
        Steps of the sampler that went astray.
    """

    quantities: Floats
    between: Floats | None
    diverged: int


def sample(hierarchy: Hierarchy, kind: str, *, draws: int, tune: int, chains: int, between: float, seed: int) -> Drawn:
    """Draw from the posterior.

    Raises
    ------
    InputError
        If PyMC-Marketing is not installed.
    """
    pm, distributions = _imported()
    import pytensor.tensor as pt

    p, several = hierarchy.patterns, len(hierarchy.groups) > 1
    observed = np.stack([hierarchy.recencies, p.x.astype(float)], axis=1)
    with _silent(), pm.Model():
        centre = pm.Normal("centre", mu=np.array(CENTRES[kind]), sigma=np.array(SPREADS[kind]), shape=4)
        if several:
            spread = pm.HalfNormal("between", sigma=between, shape=4)
            steps = pm.Normal("steps", shape=(len(hierarchy.groups), 4))
            quantities = pm.Deterministic("quantities", centre + spread * steps)
        else:
            quantities = pm.Deterministic("quantities", centre[None, :])
        values = parameters(kind, [quantities[:, k] for k in range(4)], pt.exp)
        if kind == "pareto_nbd":
            log_likelihood = _pareto_nbd(hierarchy)(pt.stack(values, axis=1))
        else:
            named = {n: v[hierarchy.place] for n, v in zip(KINDS[kind].names(), values, strict=True)}
            dist = getattr(distributions, _DISTRIBUTIONS[kind]).dist(**named, T=hierarchy.ages)
            log_likelihood = (pm.logp(dist, observed) * p.count).sum()
        pm.Potential("histories", log_likelihood)
        found = pm.sample(
            draws,
            tune=tune,
            chains=chains,
            cores=1,
            random_seed=seed,
            target_accept=_CAREFUL,
            progressbar=False,
            compute_convergence_checks=False,
        )
    posterior: Any = found.posterior
    return Drawn(
        quantities=np.asarray(posterior["quantities"]),
        between=np.asarray(posterior["between"]) if several else None,
        diverged=int(np.asarray(found.sample_stats["diverging"]).sum()),
    )


def _pareto_nbd(hierarchy: Hierarchy) -> Callable[[Any], Any]:
    """Return a function of groups × (r, α, s, β) that PyMC can differentiate: the log-likelihood of all histories."""
    import pytensor.tensor as pt
    from pytensor.graph.basic import Apply
    from pytensor.graph.op import Op

    groups = [hierarchy.patterns_of(g) for g in range(len(hierarchy.groups))]
    groups = [replace(p, t_x=hierarchy.measured(p.t_x), T=hierarchy.measured(p.T)) for p in groups]
    places = [Places.of(p) for p in groups]

    class Histories(Op):  # type: ignore[misc]
        """Log-likelihood and its gradient."""

        def make_node(self, theta: Any) -> Any:
            return Apply(self, [pt.as_tensor_variable(theta)], [pt.dscalar(), pt.dmatrix()])

        def perform(self, node: Any, inputs: list[Any], outputs: list[Any]) -> None:  # noqa: ARG002
            found = [gradient(row, p, q) for row, p, q in zip(inputs[0], groups, places, strict=True)]
            outputs[0][0] = np.asarray(sum(value for value, _ in found))
            outputs[1][0] = np.stack([slope for _, slope in found])

        def L_op(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:  # noqa: ARG002, N802
            return [cotangents[0] * outputs[1]]

    return lambda theta: Histories()(theta)[0]


def _imported() -> tuple[Any, ModuleType]:
    try:
        import pymc
        from pymc_marketing.clv import distributions
    except ImportError as error:
        raise InputError(
            "Hierarchies need PyMC-Marketing, which is an optional extra.",
            found=f"{error.name or 'pymc_marketing'} is not installed",
            fix="Install it with `pip install -r requirements-bayes.lock`; draw_posterior gives the posterior of one "
            "group without it.",
            where="fit_hierarchical",
        ) from error
    return pymc, distributions


@contextmanager
def _silent() -> Iterator[None]:
    # what the sampler says of its own convergence is said by the result
    log = logging.getLogger("pymc")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)
