"""From weights to estimates whose intervals cover what they claim, within a wave and between waves."""

from workbench.estimation.change import Change, estimate_change
from workbench.estimation.comparisons import adjust_p
from workbench.estimation.delivered import Replicates
from workbench.estimation.design import Design
from workbench.estimation.estimates import (
    Estimates,
    estimate_mean,
    estimate_ratio,
    estimate_total,
)
from workbench.estimation.groups import GroupComparison, compare_groups
from workbench.estimation.imputation import CombinedEstimates, combine_imputations
from workbench.estimation.proportions import Shares, estimate_proportion
from workbench.estimation.quantiles import Quantiles, estimate_quantile
from workbench.estimation.regression import Regression, regression
from workbench.estimation.replicates import ReplicateWeights
from workbench.estimation.replication import replicate_weights
from workbench.estimation.reweighting import Reweighted, reweight
from workbench.estimation.two_phase import SecondPhase

__all__ = [
    "Change",
    "CombinedEstimates",
    "Design",
    "Estimates",
    "GroupComparison",
    "Quantiles",
    "Regression",
    "ReplicateWeights",
    "Replicates",
    "Reweighted",
    "SecondPhase",
    "Shares",
    "adjust_p",
    "combine_imputations",
    "compare_groups",
    "estimate_change",
    "estimate_mean",
    "estimate_proportion",
    "estimate_quantile",
    "estimate_ratio",
    "estimate_total",
    "regression",
    "replicate_weights",
    "reweight",
]
