"""Waves as folders: configuration, lossless intake, contracts, write-once artefacts, and the generated demo company."""

from workbench.store.config import WaveConfig
from workbench.store.value_names import show_study_words
from workbench.store.wave import Wave
from workbench.store.wave_file import read_wave_file, wave_schema

__all__ = ["Wave", "WaveConfig", "read_wave_file", "show_study_words", "wave_schema"]
