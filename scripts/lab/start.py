"""Run by every kernel that ``make lab`` starts, and by nothing else."""

from IPython import get_ipython

# a plain Python in a terminal of JupyterLab has none
if get_ipython() is not None:
    get_ipython().run_line_magic("load_ext", "workbench.report.lab")
