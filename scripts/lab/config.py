"""How ``make lab`` starts JupyterLab; flags on its command line go before."""

from pathlib import Path

HERE = Path(__file__).resolve().parent

c = get_config()  # noqa: F821
c.ServerApp.root_dir = str(HERE.parents[1])
c.LabApp.default_url = "/lab/tree/notebooks/00_start.ipynb"
c.LabApp.app_settings_dir = str(HERE)
c.LabApp.extra_labextensions_path = [str(HERE / "labextensions")]
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
# files are picked inside a notebook and come through its socket, which takes 10 MB by itself
c.ServerApp.tornado_settings = {"websocket_max_message_size": 2**30}
