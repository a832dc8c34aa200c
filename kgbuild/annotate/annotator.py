"""Load the spaCy pipeline with this room's components, and run it over Documents."""

from __future__ import annotations

from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from kgbuild.annotate import (  # importing them registers the components
    affiliation,  # noqa: F401
    assemble,  # noqa: F401
    borders,  # noqa: F401
    components,
    encoder,
    kinds,  # noqa: F401
    leanings,
    times,  # noqa: F401
)
from kgbuild.annotate.endings import bound_endings
from kgbuild.annotate.lemmas import hashed_lemmas
from kgbuild.config import Config, data_path
from kgbuild.errors import InputError, ModelError
from kgbuild.knowledge import Overlay
from kgbuild.records import Document, Skipped

__all__ = ["Annotator", "load"]

_FOREIGN = frozenset(
    {"dobj", "nsubjpass", "pobj", "agent", "attr", "relcl", "poss", "auxpass", "prep", "dative", "pcomp", "acomp"}
)
_NEEDED = frozenset({"nsubj", "obj", "obl", "nmod", "case", "amod", "compound", "ccomp", "conj"})
_LAYERS = {"token.tag": "tags", "token.dep": "dependencies", "doc.ents": "names"}
"""What some component must assign, whatever it is called, and the word a message uses for it."""


def load(config: Config | None = None) -> Language:
    """The pipeline of `config.model` (the packaged one without it), with the language room's components in place.

    Use it like any spaCy pipeline, also with `nlp.pipe`; a Doc that enters with `doc._.document` set keeps it.
    Raises ModelError when the pipeline is missing or does not fit, InputError when the entity base cannot be read.
    """
    config = config if config is not None else Config()
    name = config.model if config.model is not None else str(data_path("model"))
    try:
        nlp = spacy.load(name)
    except (OSError, ValueError, KeyError, ImportError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            f"no spaCy pipeline at {name}: name an installed one with --model, or reinstall kgbuild ({reason})"
        ) from error
    check_model(nlp, name)
    bound_endings(nlp.tokenizer)
    hashed_lemmas(nlp)
    nlp.max_length = max(nlp.max_length, config.max_chars + 1)
    nlp.add_pipe("kgbuild_borders", first=True)
    nlp.add_pipe("kgbuild_names", last=True, config={"knowledge": config.knowledge, "entities": list(config.entities)})
    nlp.add_pipe("kgbuild_times", last=True)
    nlp.add_pipe("kgbuild_kinds", last=True)
    nlp.add_pipe("kgbuild_nominals", last=True)
    nlp.add_pipe("kgbuild_coreference", last=True)
    nlp.add_pipe("kgbuild_affiliation", last=True)
    nlp.add_pipe("kgbuild_records", last=True)
    if leanings.keep_middle(nlp):
        nlp.add_pipe("kgbuild_leanings", last=True)
    return nlp


def check_model(nlp: Language, name: str) -> None:
    """Raise ModelError unless the pipeline tags, parses with Universal Dependencies labels and finds names."""
    short = Path(name).name
    assigned = {layer: pipe for pipe in nlp.pipe_names for layer in nlp.get_pipe_meta(pipe).assigns}
    missing = [word for layer, word in _LAYERS.items() if layer not in assigned]
    if missing:
        raise ModelError(
            f"the pipeline {short!r} finds no {' and no '.join(missing)}: choose one with tagger, parser and ner"
        )
    labels = set(nlp.pipe_labels.get(assigned["token.dep"], ()))
    foreign = sorted(labels & _FOREIGN)
    if foreign or not labels >= _NEEDED:
        seen = f"found {', '.join(foreign[:4])}" if foreign else f"no {', '.join(sorted(_NEEDED - labels)[:4])}"
        raise ModelError(
            f"the parser of {short!r} does not use Universal Dependencies labels (nsubj, nsubj:pass, obj, obl, nmod, case): {seen}; "
            "choose a pipeline trained on a UD treebank"
        )


class Annotator:
    """The language step: Documents to Docs with the layers of kgbuild.layers."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.nlp = load(config)

    @property
    def arithmetic(self) -> str:
        """What tells machines apart on which the shipped model rounds differently; "" for another pipeline."""
        component = self.nlp.get_pipe("encoder") if self.nlp.has_pipe("encoder") else None
        return component.arithmetic() if isinstance(component, encoder.Encoder) else ""

    @property
    def refused(self) -> tuple[Skipped, ...]:
        """The lines of the user's own entities that were not taken."""
        finder = self.nlp.get_pipe("kgbuild_names")
        base = finder.base if isinstance(finder, components.NameFinder) else None
        return base.refused if isinstance(base, Overlay) else ()

    def annotate(self, document: Document) -> Doc:
        """The annotated Doc of a document. Raises InputError when it is longer than `config.max_chars`."""
        if len(document.text) > self.config.max_chars:
            raise InputError(
                f"{document.source}: {len(document.text)} characters, more than the limit of {self.config.max_chars}"
            )
        doc = self.nlp.make_doc(document.text)
        doc._.document = document
        return self.nlp(doc)
