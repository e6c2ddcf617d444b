"""Customer value: purchase histories, models of buying, leaving and spending, contracts, and what they are worth."""

from workbench.clv.bayes.hierarchical import HierarchicalFit, fit_hierarchical
from workbench.clv.bayes.posterior import Posterior, draw_posterior
from workbench.clv.checks.forecast import ForecastCheck, check_forecast
from workbench.clv.checks.holdout import HoldoutCheck, check_holdout
from workbench.clv.contracts.bdw import Bdw, fit_bdw
from workbench.clv.contracts.kinds import check_by_kind, renewals_by_kind
from workbench.clv.contracts.renewing import RenewalCheck, Renewals, check_renewals, contract_renewals
from workbench.clv.contracts.retention import RetentionCurve, retention_curve
from workbench.clv.contracts.retention_ages import RetentionAges, retention_at_ages
from workbench.clv.contracts.sbg import Sbg, fit_sbg
from workbench.clv.contracts.spells import ContractSpells, contract_durations, contract_spells
from workbench.clv.contracts.stay import ContractStay, contract_stay
from workbench.clv.contracts.worth import ContractValue, value_contracts
from workbench.clv.models.bg_nbd import BgNbd, fit_bg_nbd
from workbench.clv.models.choosing import Models, choose_models
from workbench.clv.models.comparison import LikelihoodRatio, ModelComparison, compare_models, likelihood_ratio
from workbench.clv.models.covariates import CovariateFit, fit_covariates, histories_with
from workbench.clv.models.fit import Fit
from workbench.clv.models.fit_json import fit_from_json, fit_to_json
from workbench.clv.models.gamma_gamma import GammaGamma, fit_gamma_gamma
from workbench.clv.models.mbg_nbd import MbgNbd, fit_mbg_nbd
from workbench.clv.models.nbd import Nbd, fit_nbd
from workbench.clv.models.pareto_nbd import ParetoNbd
from workbench.clv.models.pareto_nbd_fit import fit_pareto_nbd
from workbench.clv.models.regular_fit import fit_regular_nbd, fit_rhythm
from workbench.clv.models.regular_nbd import RegularNbd, regular_nbd
from workbench.clv.orders import OrderValue, value_orders
from workbench.clv.purchases.customer_days import CustomerDays, customer_days
from workbench.clv.purchases.purchases import Purchases, purchase_summary
from workbench.clv.purchases.rhythm import Rhythm, purchase_rhythm
from workbench.clv.purchases.usage_gaps import UsageGaps, usage_gaps
from workbench.clv.regular_buyers import RegularCheck, check_regular
from workbench.clv.value.acquisition import AcquisitionReturn, acquisition_return
from workbench.clv.value.characteristic_value import (
    Characteristics,
    fit_characteristics,
    value_by_characteristics,
)
from workbench.clv.value.concentration import Concentration, concentration
from workbench.clv.value.costs import customer_costs
from workbench.clv.value.group_means import GroupValues, compare_group_values, group_means
from workbench.clv.value.keep import KeepList, customers_to_keep
from workbench.clv.value.last_year import LastYearValue, value_last_year
from workbench.clv.value.profit import ProfitContribution, profit_contribution
from workbench.clv.value.profit_table import customer_profits
from workbench.clv.value.totals import Total, forecast_spend
from workbench.clv.value.value import CustomerValue, value_customers
from workbench.clv.value.value_groups import group_values

__all__ = [
    "AcquisitionReturn",
    "Bdw",
    "BgNbd",
    "Characteristics",
    "Concentration",
    "ContractSpells",
    "ContractStay",
    "ContractValue",
    "CovariateFit",
    "CustomerDays",
    "CustomerValue",
    "Fit",
    "ForecastCheck",
    "GammaGamma",
    "GroupValues",
    "HierarchicalFit",
    "HoldoutCheck",
    "KeepList",
    "LastYearValue",
    "LikelihoodRatio",
    "MbgNbd",
    "ModelComparison",
    "Models",
    "Nbd",
    "OrderValue",
    "ParetoNbd",
    "Posterior",
    "ProfitContribution",
    "Purchases",
    "RegularCheck",
    "RegularNbd",
    "RenewalCheck",
    "Renewals",
    "RetentionAges",
    "RetentionCurve",
    "Rhythm",
    "Sbg",
    "Total",
    "UsageGaps",
    "acquisition_return",
    "check_by_kind",
    "check_forecast",
    "check_holdout",
    "check_regular",
    "check_renewals",
    "choose_models",
    "compare_group_values",
    "compare_models",
    "concentration",
    "contract_durations",
    "contract_renewals",
    "contract_spells",
    "contract_stay",
    "customer_costs",
    "customer_days",
    "customer_profits",
    "customers_to_keep",
    "draw_posterior",
    "fit_bdw",
    "fit_bg_nbd",
    "fit_characteristics",
    "fit_covariates",
    "fit_from_json",
    "fit_gamma_gamma",
    "fit_hierarchical",
    "fit_mbg_nbd",
    "fit_nbd",
    "fit_pareto_nbd",
    "fit_regular_nbd",
    "fit_rhythm",
    "fit_sbg",
    "fit_to_json",
    "forecast_spend",
    "group_means",
    "group_values",
    "histories_with",
    "likelihood_ratio",
    "profit_contribution",
    "purchase_rhythm",
    "purchase_summary",
    "regular_nbd",
    "renewals_by_kind",
    "retention_at_ages",
    "retention_curve",
    "usage_gaps",
    "value_by_characteristics",
    "value_contracts",
    "value_customers",
    "value_last_year",
    "value_orders",
]
