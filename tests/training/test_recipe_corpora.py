from __future__ import annotations

import random
from pathlib import Path

from recipe.conllu import Sentence, read
from recipe.shaping import curly, dateline, headline, quote, shape
from recipe.syntax_corpus import features, groups, to_doc
from recipe.tokenizer import blank
from spacy.training import Example
from spacy.vocab import Vocab

BANK = """\
# newdoc id = harbour
# meta::genre = news
# newpar id = harbour-p1
# sent_id = harbour-1
# text = Rebels don't hold Zaria's port.
1\tRebels\trebel\tNOUN\tNNS\tNumber=Plur\t4\tnsubj\t_\t_
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdo\tdo\tAUX\tVBP\tMood=Ind|Number=Plur|Tense=Pres|VerbForm=Fin\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\tPolarity=Neg\t4\tadvmod\t_\t_
4\thold\thold\tVERB\tVB\tVerbForm=Inf\t0\troot\t_\t_
5-6\tZaria's\t_\t_\t_\t_\t_\t_\t_\t_
5\tZaria\tZaria\tPROPN\tNNP\tNumber=Sing\t7\tnmod:poss\t_\t_
6\t's\t's\tPART\tPOS\t_\t5\tcase\t_\t_
7\tport\tport\tNOUN\tNN\tNumber=Sing\t4\tobj\t_\tSpaceAfter=No
8\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_

# newpar id = harbour-p2
# sent_id = harbour-2
# text = Ships wait.
1\tShips\tship\tNOUN\tNNS\tNumber=Plur\t2\tnsubj\t_\t_
2\twait\twait\tVERB\tVBP\tMood=Ind|Tense=Pres|VerbForm=Fin\t0\troot\t_\tSpaceAfter=No
2.1\twait\twait\tVERB\tVBP\t_\t_\t_\t_\t_
3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_

"""


def sentences(tmp_path: Path) -> list[Sentence]:
    path = tmp_path / "bank.conllu"
    path.write_text(BANK, encoding="utf-8")
    (document,) = read(path)
    assert document.id == "harbour"
    assert document.meta == {"genre": "news"}
    return list(document.sentences)


def test_multiword_tokens_keep_their_words_together(tmp_path: Path) -> None:
    first, second = sentences(tmp_path)
    text = "".join(w.form + " " * w.space_after for w in first.words)
    assert text == "Rebels don't hold Zaria's port. "
    assert [len(first.words), len(second.words)] == [8, 3]
    assert first.new_paragraph
    assert second.new_paragraph


def test_paragraph_breaks_become_tokens_of_the_sentence_before(tmp_path: Path) -> None:
    rng = random.Random(3)
    doc = to_doc(blank().vocab, shape(sentences(tmp_path), rng, news=0.0))
    (gap,) = [t for t in doc if t.is_space]
    assert gap.text in ("\n", "\n\n")
    assert [t.is_space for s in doc.sents for t in [s[0]]] == [False, False]
    assert gap.head.i == gap.i - 1
    assert doc[0].head.text == "hold"
    assert doc[3].head.i == 3
    assert doc[4].dep_ == "nmod:poss"


def test_the_tokenizer_finds_the_treebanks_words(tmp_path: Path) -> None:
    nlp = blank()
    reference = to_doc(nlp.vocab, shape(sentences(tmp_path), random.Random(3), news=0.0))
    example = Example(nlp.make_doc(reference.text), reference)
    assert [t.text for t in example.predicted] == [t.text for t in reference]
    assert example.get_aligned("DEP", as_string=True) == [t.dep_ for t in reference]


def test_headline_loses_its_full_stop_only(tmp_path: Path) -> None:
    first, second = sentences(tmp_path)
    line = headline(first, random.Random(1))
    assert len(line.words) == 7
    assert [w.head for w in line.words] == [w.head for w in first.words[:-1]]
    assert headline(second, random.Random(1)) is second  # too short to be one


def test_curly_marks_open_and_close(tmp_path: Path) -> None:
    quoted = quote([sentences(tmp_path)[0]])[0]
    assert [w.form for w in (quoted.words[0], quoted.words[-1])] == ['"', '"']
    assert quoted.words[0].head == quoted.words[-1].head == 5
    assert quoted.words[5].head == 8  # Zaria's head, one further on
    turned = curly(quoted)
    assert [turned.words[0].form, turned.words[-1].form] == ["“", "”"]
    assert turned.words[3].form == "n’t"


def test_dateline_is_one_tree() -> None:
    for seed in range(200):
        words = dateline(random.Random(seed)).words
        assert [w.head for w in words].count(0) == 1
        assert all(0 <= w.head <= len(words) and w.head != i for i, w in enumerate(words, 1))
        assert words[-1].form in {":", "-", "–", "—", "--"}


def test_same_seed_same_corpus(tmp_path: Path) -> None:
    bank = sentences(tmp_path) * 20
    runs = []
    for _ in range(2):
        rng = random.Random(11)
        runs.append([to_doc(Vocab(), shape(g, rng, news=0.5)).text for g in groups(bank, rng)])
    assert runs[0] == runs[1]
    assert any("\n" in text for text in runs[0])


def test_features_are_the_learned_ones() -> None:
    assert features("NumForm=Word|Tense=Past|VerbForm=Fin|Abbr=Yes") == "Tense=Past|VerbForm=Fin"
    assert features("_") == ""
