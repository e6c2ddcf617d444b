import base64

import openpyxl

from workbench.report.export.downloads import picture_of, write_downloads
from workbench.report.site.render import Page

SVG = '<figure id="a"><svg role="img" viewBox="0 0 9 9"><path d="M0 0"/></svg><figcaption>x</figcaption></figure>'


def page(figure=SVG):
    csv = '"region","n"\n"\'=北",7\n"007",8\n"NA",""\n'
    return Page((), (), {"by-region": csv, "x" * 40: csv}, {"curve": figure})


def test_every_table_and_figure_can_be_taken_along(tmp_path):
    pages = {("50_x", "zh-CN"): page(), ("50_x", "en"): page()}
    files = write_downloads(pages, tmp_path, "zh-CN")
    names = [f["text"] for f in files["50_x", "zh-CN"]]
    assert names[:2] == ["50_x.xlsx", "50_x-by-region.csv"] and names[-1] == "50_x-curve.svg"
    assert files["50_x", "en"][-1]["text"] == "50_x-curve.en.svg"
    assert all((tmp_path / f["href"]).is_file() for listed in files.values() for f in listed)
    book = openpyxl.load_workbook(tmp_path / "downloads" / "50_x.xlsx")
    assert len(book.sheetnames) == 2 and all(len(n) <= 31 for n in book.sheetnames)
    assert [c.value for c in book["by-region"][2]] == ["=北", 7]
    assert book["by-region"]["A2"].data_type == "s", "no text of a table becomes a formula"
    assert [c.value for c in book["by-region"]["A"]][2:] == ["007", "NA"], "texts stay texts, whatever they look like"


def test_a_figure_is_a_picture_of_its_own():
    kind, data = picture_of(SVG)
    assert kind == "svg" and data.startswith(b"<?xml") and b'xmlns="http://www.w3.org/2000/svg"' in data
    coded = base64.b64encode(b"png!").decode()
    assert picture_of(f'<figure><img alt="" src="data:image/png;base64,{coded}"></figure>') == ("png", b"png!")
    assert picture_of("<figure></figure>") == ("png", b"")
