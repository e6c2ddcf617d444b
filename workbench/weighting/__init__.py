"""From who was asked and who answered to weights."""

from workbench.weighting.base import base_weights, equal_weights
from workbench.weighting.calibration import calibrate
from workbench.weighting.classes import weighting_classes
from workbench.weighting.combining import CombinedSamples, combine_samples
from workbench.weighting.contrast import RateContrast, widest_contrast
from workbench.weighting.nonresponse import adjust_nonresponse
from workbench.weighting.outcomes import OutcomeRates, outcome_rates
from workbench.weighting.progress import FieldProgress, field_progress
from workbench.weighting.propensity import ResponsePropensity, response_propensity
from workbench.weighting.raking import post_stratify, rake
from workbench.weighting.report import WeightReport, weight_report
from workbench.weighting.result import Calibration, Weights
from workbench.weighting.trimming import trim

__all__ = [
    "Calibration",
    "CombinedSamples",
    "FieldProgress",
    "OutcomeRates",
    "RateContrast",
    "ResponsePropensity",
    "WeightReport",
    "Weights",
    "adjust_nonresponse",
    "base_weights",
    "calibrate",
    "combine_samples",
    "equal_weights",
    "field_progress",
    "outcome_rates",
    "post_stratify",
    "rake",
    "response_propensity",
    "trim",
    "weight_report",
    "weighting_classes",
    "widest_contrast",
]
