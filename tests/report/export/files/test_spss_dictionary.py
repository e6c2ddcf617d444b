from __future__ import annotations

import pandas as pd
import pyreadstat

from workbench.report.export.files.spss_dictionary import add_to_dictionary, read_dictionary
from workbench.store.codebook import MultipleSet


def test_places_are_counted_in_slots_of_eight_bytes(tmp_path):
    path = tmp_path / "a.sav"
    table = pd.DataFrame({"text": ["x" * 20], "a_very_long_name": [1.0], "客户满意度": [2.0], "long": ["y" * 600]})
    pyreadstat.write_sav(table, path, row_compress=True, variable_value_labels={"a_very_long_name": {1.0: "one"}})
    found = read_dictionary(path.read_bytes())
    assert [found.variables[n][0] for n in ("text", "a_very_long_name", "客户满意度")] == [1, 4, 5]


def test_what_is_added_leaves_the_data_as_they_are(tmp_path):
    path = tmp_path / "a.sav"
    table = pd.DataFrame({"w": [0.5, 2.0], "纸媒体": [1.0, 0.0], "b": [0.0, 0.0]})
    pyreadstat.write_sav(table, path, row_compress=True)
    add_to_dictionary(path, "w", [MultipleSet("s", {"en": "Media"}, ("纸媒体", "b"), 1)], "en")
    back, meta = pyreadstat.read_sav(str(path))
    pd.testing.assert_frame_equal(back, table)
    assert meta.mr_sets["s"]["variable_list"] == ["纸媒体", "b"] and meta.mr_sets["s"]["counted_value"] == 1
    assert path.read_bytes()[76:80] == b"\x01\x00\x00\x00"
