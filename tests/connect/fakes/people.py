"""Customers as CRMs hold them: leading zeros, long ids, Chinese, emoji and line breaks."""

from __future__ import annotations

import random

SURNAMES, NAMES = "王李张刘陈杨赵黄周吴徐孙", "伟芳娜敏静丽强磊洋艳勇杰"
PLACES = {
    "华东": ["上海", "苏州", "杭州"],
    "华北": ["北京", "天津"],
    "华南": ["广州", "深圳"],
    "西北": ["西安", "兰州"],
}
NOTES = ["", "", "", "老客户 🙂", "二楼\n左手第一间", 'says "later", then; no', "A\tB", "周末联系\r\n晚上不行"]


def people(count: int, seed: int = 1) -> list[dict[str, str]]:
    """Return customers: customer_id, name, region, city, phone, email, note, amount, signup, opt_out."""
    chosen = random.Random(seed)
    made = []
    for i in range(count):
        region = chosen.choice(list(PLACES))
        made.append(
            {
                "customer_id": f"{i + 1:08d}",
                "name": chosen.choice(SURNAMES) + chosen.choice(NAMES) + chosen.choice(["", chosen.choice(NAMES)]),
                "region": region,
                "city": chosen.choice(PLACES[region]),
                "phone": f"0{chosen.randrange(10**10, 2 * 10**10)}",
                "email": f"c{i + 1:08d}@example.com",
                "note": chosen.choice(NOTES),
                "amount": f"{chosen.randrange(100, 900000) / 100:.2f}",
                "signup": f"20{chosen.randrange(20, 26)}-{chosen.randrange(1, 13):02d}-{chosen.randrange(1, 29):02d}",
                "opt_out": "true" if chosen.random() < 0.05 else "false",
            }
        )
    return made
