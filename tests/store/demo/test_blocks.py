from __future__ import annotations

from workbench.store.demo.blocks import blocks, in_order


def test_streams_are_apart_and_repeatable():
    first, second = blocks(10_000, seed=1)
    draws = {
        (block.number, stream, wave): float(block.random(stream, wave).random())
        for block in (first, second)
        for stream in ("profile", "purchases", "opinions_wave")
        for wave in (0, 1)
    }
    assert len(set(draws.values())) == len(draws)
    assert first.random("profile").random() == draws[0, "profile", 0]


def test_blocks_come_out_in_order_whatever_the_workers():
    todo = blocks(60_000, seed=1)
    for workers in (1, 4):
        assert list(in_order(lambda block: block.number, todo, workers=workers)) == list(range(12))
