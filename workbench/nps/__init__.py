"""Loyalty: NPS and satisfaction with honest uncertainty."""

from workbench.nps.change import nps_change
from workbench.nps.satisfaction import Satisfaction, satisfaction
from workbench.nps.score import NetPromoterScore, net_promoter_score

__all__ = ["NetPromoterScore", "Satisfaction", "net_promoter_score", "nps_change", "satisfaction"]
