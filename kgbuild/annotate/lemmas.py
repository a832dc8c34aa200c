"""The rule lemmatizer's look-up of known words, by hash.

spaCy keeps the known words of a part of speech as a list and looks each candidate for a lemma up from its front: 57,000 comparisons for a noun,
a twentieth of the whole language step.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.pipeline import Lemmatizer

__all__ = ["hashed_lemmas"]

TABLE = "lemma_index"


def hashed_lemmas(nlp: Language) -> None:
    """Make the lemmatizers of a pipeline look known words up by hash; other pipelines are left as they are.

    A dict, not a set: a pipeline must still be one that spaCy can write to disk.
    """
    for _, pipe in nlp.pipeline:
        if isinstance(pipe, Lemmatizer) and pipe.lookups is not None and pipe.lookups.has_table(TABLE):
            index = pipe.lookups.get_table(TABLE)
            for part, words in list(index.items()):
                index[part] = dict.fromkeys(words)
