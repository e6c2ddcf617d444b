from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from workbench.store import reading_child
from workbench.store.contained import contained

FILES = Path(__file__).parents[1] / "reference" / "files"


def test_what_it_reads_away_from_here_is_what_it_reads_here():
    path = FILES / "haven_umlauts.sav"
    frame, meta, encoding = contained("statistics", str(path), "spss", path=path)
    here, told, known = reading_child.statistics(str(path), "spss")
    assert frame.equals(here) and encoding == known
    assert meta.column_names_to_labels == told.column_names_to_labels
    book = FILES / "haven_formats.sas7bcat"
    assert contained("catalogue", str(book), path=book) == reading_child.catalogue(str(book))
    sheets = FILES / "calamine_merge_cells.xlsx"
    assert contained("workbook", None, str(sheets), None, True, path=sheets) == reading_child.workbook(
        None, str(sheets), None, True
    )


def test_it_stands_on_the_standard_library_and_answers_until_requests_end():
    requests = pickle.dumps(("nobody", (), 2**30)) + pickle.dumps(("catalogue", ("nowhere",), 2**30))
    command = [sys.executable, "-P", reading_child.__file__]
    done = subprocess.run(command, input=requests, capture_output=True, timeout=300, check=True)
    first = pickle.loads(done.stdout)
    assert first[0] == "refused"
    lines = Path(reading_child.__file__).read_text("utf-8").split("class ")[0]
    assert "import workbench" not in lines and "from workbench" not in lines
