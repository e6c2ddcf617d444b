"""Run by every kernel that ``make lab`` starts, and by nothing else."""

try:
    get_ipython().run_line_magic("load_ext", "workbench.report.lab")  # type: ignore[name-defined]  # noqa: F821
except NameError:
    pass  # a plain Python in a terminal of JupyterLab
