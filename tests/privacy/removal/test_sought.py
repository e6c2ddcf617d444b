import json

from workbench.privacy.removal import REMOVED, Sought

SOUGHT = Sought(frozenset({"C0017", "17"}), frozenset({"li@shop.cn", "13912345678", "不想再来了，服务太差"}))


def test_a_short_id_counts_only_where_customers_are_named():
    assert SOUGHT.owns([("Customer_ID ", " 17")]) and not SOUGHT.owns([("recommend", "17")])
    assert SOUGHT.owns([("anything", " C0017 ")]) and not SOUGHT.owns([("anything", "C00171")])
    named = SOUGHT.adding(id_columns=["CustNo"], traces=["1391234567x"])
    assert named.owns([("custno", "17")]) and "1391234567x" in named.traces and "1391234567x" not in SOUGHT.traces


def test_a_row_that_names_somebody_else_is_the_others():
    assert not SOUGHT.owns([("customer_id", "C0018"), ("referred_by", "C0017"), ("phone", "13912345678")])
    assert SOUGHT.owns([("customer_id", ""), ("phone", "13912345678")])
    assert SOUGHT.owns([("customer_id", "C0018"), ("invitation_id", "C0017")])


def test_traces_go_out_of_texts_in_every_spelling_and_parts_of_others_stay():
    text = "tel 13912345678, 请打13912345678。x13912345678 LI@SHOP.CN C0017-9 17"
    assert SOUGHT.without(text) == (f"tel {REMOVED}, 请打{REMOVED}。x13912345678 {REMOVED} {REMOVED}-9 17", 4)
    quoted = Sought(frozenset({"C0017"}), frozenset({'她说"再见" & <走>了，不会回来'}))
    for said in ("她说&quot;再见&quot; &amp; &lt;走&gt;了，不会回来", json.dumps('她说"再见" & <走>了，不会回来')):
        assert quoted.without(said)[1] == 1
    assert Sought(frozenset()).without("anything") == ("anything", 0)
