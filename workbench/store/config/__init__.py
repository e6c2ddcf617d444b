"""``wave.yaml`` as frozen, validated models: a common head, and a part for each chapter."""

from workbench.store.config.composed import WaveConfig

__all__ = ["WaveConfig"]
