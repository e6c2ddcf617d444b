"""What JupyterLab gets on top of Python: names inside quotes complete, files are picked, changed modules load again.

``make lab`` loads it into every kernel; anywhere else ``%load_ext workbench.report.lab`` does.
"""

from workbench.report.lab.completing import load_ipython_extension, names_for
from workbench.report.lab.picking import start_from_file

__all__ = ["load_ipython_extension", "names_for", "start_from_file"]
