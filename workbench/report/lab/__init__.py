"""What JupyterLab gets on top of Python: names inside quotes complete, and changed modules load again.

``make lab`` loads it into every kernel; anywhere else ``%load_ext workbench.report.lab`` does.
"""

from workbench.report.lab.completing import load_ipython_extension, names_for

__all__ = ["load_ipython_extension", "names_for"]
