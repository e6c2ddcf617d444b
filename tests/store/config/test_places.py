import pytest

from tests.conftest import WAVE
from workbench.core.errors import ConfigError
from workbench.store import Wave
from workbench.store.config.places import require_inside


@pytest.mark.parametrize("name", ["raw/a.csv", "a..b.csv", "raw/*.csv", "数据/客户.csv", "raw/./a.csv"])
def test_files_of_the_folder_are_named_as_they_are(name):
    assert require_inside(name) == name


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../w0/raw/a.csv", "raw/../../a.csv", "C:\\a.csv", "..\\a.csv", "~/a.csv"]
)
def test_files_elsewhere_are_refused(name):
    with pytest.raises(ValueError, match="leads out of the folder"):
        require_inside(name)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("raw/customers.csv", "/etc/hostname"),
        ("raw/customers.csv", "[raw/customers.csv, ../b.csv]"),
        ("{file: raw/customers.csv}", "{file: raw/customers.csv, codebook: ../x.yaml}"),
        ("questions:", "loyalty: {code_frame: /tmp/topics.yaml}\nquestions:"),
    ],
)
def test_wave_yaml_reads_no_file_of_the_machine(make_wave, old, new):
    with pytest.raises(ConfigError, match="leads out of the folder"):
        Wave.open(make_wave(WAVE.replace(old, new, 1)))
