"""How well tone is told: dictionaries alone, and learned; on public reviews where they are here.

Run: python benchmarks/tone.py [FOLDER WITH REVIEWS]. The reviews have no known licence: they are only measured on.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.nps import comment_sentiment
from workbench.nps.text.learned import cut, macro_f1
from workbench.nps.text.polarity import polarity
from workbench.nps.text.reader import DictionaryReader
from workbench.nps.text.reading import normalise
from workbench.store.demo import phrases_en, phrases_zh

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "text"
FILES = {"ChnSentiCorp_htl_all.csv": ("hotel reviews (zh)", 0.88), "waimai_10k.csv": ("takeaway reviews (zh)", None)}
RARE = 0.04


def dictionary(texts):
    """Return the sum of the tone of each text's clauses."""
    return np.array([sum(polarity(c).value for c in cut(normalise(t))) for t in texts])


def measured(data, seed):
    start = time.process_time()
    row = comment_sentiment(data, "review", "label", positive=1, negative=0, seed=seed).table.iloc[0]
    return row, time.process_time() - start


def reviews(folder):
    for file, (name, goal) in FILES.items():
        path = folder / file
        if not path.exists():
            print(f"{name}: not here ({path})")
            continue
        data = pd.read_csv(path).dropna().drop_duplicates("review").reset_index(drop=True)
        alone = macro_f1(dictionary(data["review"]) > 0, data["label"].to_numpy())[0]
        row, seconds = measured(data, 1)
        rare = [rarely(data, seed) for seed in range(5)]
        print(
            f"{name}: n {len(data)}; dictionaries alone macro-F1 {alone:.3f}; learned {row['macro_f1']:.3f} "
            f"({row['ci_low']:.3f} to {row['ci_high']:.3f}), AUC {row['auc']:.3f}, {seconds:.1f} CPU s"
            + (f", goal {goal}" if goal else "")
        )
        low, high = min(r["f1_negative"] for r in rare), max(r["f1_negative"] for r in rare)
        print(f"  at 4 % bad: F1 of bad ones {low:.2f} to {high:.2f} over five draws, goal 0.35")


def rarely(data, seed):
    """Return how well 100 bad ones are told among 2,400 good ones."""
    good, bad = (data[data["label"] == k] for k in (1, 0))
    part = pd.concat([good.sample(2400, random_state=seed), bad.sample(100, random_state=seed)], ignore_index=True)
    return measured(part, seed)[0]


def phrases():
    """Print how the dictionaries read the demo company's phrases, which are not what they were written from."""
    known = {
        normalise(p): good
        for words in (phrases_zh, phrases_en)
        for good, by_topic in ((True, words.GOOD), (False, words.BAD))
        for said in by_topic.values()
        for p in said
    }
    tones = np.array(DictionaryReader().tones(list(known)))
    truth = np.array(list(known.values()))
    told = np.isin(tones, ["praise", "complaint"])
    print(
        f"phrases of the demo: {told.mean():.2f} of {len(known)} told, macro-F1 of those "
        f"{macro_f1((tones == 'praise')[told], truth[told])[0]:.3f}"
    )


if __name__ == "__main__":
    reviews(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED)
    phrases()
