"""Loyalty: NPS and satisfaction with honest uncertainty, and what drives them."""

from workbench.nps.change import nps_change
from workbench.nps.drivers import Drivers, key_drivers
from workbench.nps.satisfaction import Satisfaction, satisfaction
from workbench.nps.score import NetPromoterScore, net_promoter_score

__all__ = [
    "Drivers",
    "NetPromoterScore",
    "Satisfaction",
    "key_drivers",
    "net_promoter_score",
    "nps_change",
    "satisfaction",
]
