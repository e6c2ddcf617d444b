import io

import pytest

from workbench.privacy.removal import Sought
from workbench.privacy.removal.delimited import records, without_records

SOUGHT = Sought(frozenset({"C0017", "17"}), frozenset({"13912345678"}))


def cleaned(data, sought=SOUGHT):
    target = io.BytesIO()
    counts = without_records(io.BytesIO(data), sought, target)
    assert without_records(io.BytesIO(data), sought, None) == counts
    return target.getvalue(), counts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_records_go_and_everything_else_keeps_its_bytes(encoding, mark, end):
    lines = ["customer_id|說明|n", 'C0016|"兩行"|1', "C0017|普通|17", 'C0018|"引""號"|17', "", "C00171|完|3"]
    data = end.join(lines).replace("|", mark).encode(encoding)
    kept = end.join(lines[:2] + lines[3:]).replace("|", mark).encode(encoding)
    assert cleaned(data) == (kept, (1, 0))


def test_a_record_over_several_lines_goes_whole_and_a_stray_quote_swallows_nothing():
    data = (
        b'customer_id,text\nC0017,"one\n\ntwo"\nC0018,5" wide\nC0021,7" high\n'
        + b"C0019,x\n" * 300
        + b'C0017,"never closed\nC0020,y\n'
    )
    kept = b'customer_id,text\nC0018,5" wide\nC0021,7" high\n' + b"C0019,x\n" * 300 + b"C0020,y\n"
    assert cleaned(data) == (kept, (2, 0))
    assert b"".join(records(io.BytesIO(data))) == data


def test_short_ids_count_in_columns_that_name_customers_also_below_titles():
    data = b"a title,,\n,,\nn,customer_id,m\n17,18,17\n18,17,18\n"
    assert cleaned(data) == (b"a title,,\n,,\nn,customer_id,m\n17,18,17\n", (1, 0))


def test_traces_in_the_words_of_others_are_taken_out():
    data = "customer_id,text\nC0018,打13912345678吧\n".encode("gb18030")
    assert cleaned(data)[0].decode("gb18030") == "customer_id,text\nC0018,打[…]吧\n"


def test_bytes_that_are_no_text_and_empty_files_stay(tmp_path):
    for data in (b"", b"customer_id\n", b"customer_id,x\nC0018,\xff\xfe\x81\n"):
        assert cleaned(data) == (data, (0, 0))
    assert cleaned(b"customer_id,x\nC0017,\xff\xfe\x81\n") == (b"customer_id,x\n", (1, 0))
