"""Words that names are made of and words that only look like them: surnames, given names, titles, in two languages."""

from __future__ import annotations

from workbench.privacy.masking.lists import word_list

# surnames that begin other words (高兴, 向前, 方便, 万一): believed only where the rest leaves no doubt
WORDLIKE_SURNAMES = word_list("wordlike_surnames")
# the most frequent of the others
PLAIN_SURNAMES = word_list("plain_surnames") - WORDLIKE_SURNAMES
COMPOUND_SURNAMES = word_list("compound_surnames")
SURNAMES = PLAIN_SURNAMES | WORDLIKE_SURNAMES
# characters of given names, by how often people bear them; a name of other characters is found by its title only
GIVEN = word_list("given")
# characters that no name has: a row of characters with one of them is a sentence
NEVER_GIVEN = word_list("never_given")
COURTESY = word_list("courtesy")
# surnames that, without a title, are nearly always another word (连服务员, 全中国, 由于)
NEVER_FREE = word_list("never_free")
# words that end in a surname: no name begins inside them
WORD_ENDS = word_list("word_ends")
TITLES = tuple(word_list("titles"))
# one character, so they need more around them
SHORT_TITLES = "总姐哥工嫂婶妈爷叔伯姨导董"
NICKNAMED = word_list("nicknamed")
TITLE_FIRST = word_list("title_first")
FIRST_NAMES = word_list("first_names")
# first names that are places, months, things or verbs as well: only after "my name is", "Regards," and the like
AMBIGUOUS_FIRST = word_list("ambiguous_first")
PINYIN_SURNAMES = word_list("pinyin_surnames")
