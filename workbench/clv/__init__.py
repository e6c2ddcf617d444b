"""Customer value: purchase histories, models of buying, leaving and spending, and what customers are worth."""

from workbench.clv.checks.comparison import LikelihoodRatio, ModelComparison, compare_models, likelihood_ratio
from workbench.clv.checks.holdout import HoldoutCheck, check_holdout
from workbench.clv.contracts.bdw import Bdw, fit_bdw
from workbench.clv.contracts.retention import RetentionCurve, retention_curve
from workbench.clv.contracts.sbg import Sbg, fit_sbg
from workbench.clv.models.bg_bb import BgBb, fit_bg_bb
from workbench.clv.models.bg_nbd import BgNbd, fit_bg_nbd
from workbench.clv.models.bootstrap import Bootstrap, bootstrap_fit
from workbench.clv.models.covariates import CovariateFit, fit_covariates, histories_with
from workbench.clv.models.fit import Fit
from workbench.clv.models.gamma_gamma import GammaGamma, fit_gamma_gamma
from workbench.clv.models.hierarchical import HierarchicalFit, fit_hierarchical
from workbench.clv.models.mbg_nbd import MbgNbd, fit_mbg_nbd
from workbench.clv.models.nbd import Nbd, fit_nbd
from workbench.clv.models.pareto_nbd import ParetoNbd
from workbench.clv.models.pareto_nbd_fit import fit_pareto_nbd
from workbench.clv.models.posterior import Posterior, draw_posterior
from workbench.clv.purchases.purchases import Purchases, purchase_summary
from workbench.clv.value.concentration import Concentration, concentration
from workbench.clv.value.profit import ProfitContribution, profit_contribution
from workbench.clv.value.profit_table import customer_profits
from workbench.clv.value.totals import Total, forecast_spend
from workbench.clv.value.value import CustomerValue, value_customers
from workbench.clv.value.value_groups import GroupValues

__all__ = [
    "Bdw",
    "BgBb",
    "BgNbd",
    "Bootstrap",
    "Concentration",
    "CovariateFit",
    "CustomerValue",
    "Fit",
    "GammaGamma",
    "GroupValues",
    "HierarchicalFit",
    "HoldoutCheck",
    "LikelihoodRatio",
    "MbgNbd",
    "ModelComparison",
    "Nbd",
    "ParetoNbd",
    "Posterior",
    "ProfitContribution",
    "Purchases",
    "RetentionCurve",
    "Sbg",
    "Total",
    "bootstrap_fit",
    "check_holdout",
    "compare_models",
    "concentration",
    "customer_profits",
    "draw_posterior",
    "fit_bdw",
    "fit_bg_bb",
    "fit_bg_nbd",
    "fit_covariates",
    "fit_gamma_gamma",
    "fit_hierarchical",
    "fit_mbg_nbd",
    "fit_nbd",
    "fit_pareto_nbd",
    "fit_sbg",
    "forecast_spend",
    "histories_with",
    "likelihood_ratio",
    "profit_contribution",
    "purchase_summary",
    "retention_curve",
    "value_customers",
]
