"""Numerical ground of the models: special functions, Newton, time."""
