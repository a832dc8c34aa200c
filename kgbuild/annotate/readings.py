"""Decide for each name of a place whether it speaks of the actor or of the place, from its sentence alone.

A state that acts is its State, a capital that acts stands for its State (or the body that resides there), any other town or province
that acts for a body of its own: its government, its team. What decides is the word the name depends on, and how: the verbs, nouns and
prepositions of data/language.yaml.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.linking import STATE_METONYM, state_node
from kgbuild.annotate.names import STATES
from kgbuild.annotate.words import words

__all__ = ["in_contest", "is_actor", "read"]


def read(doc: Doc, draft: Draft) -> None:
    """Point each mention of a state at the State or at its Place, and each capital that acts at its State, as a metonym."""
    bodies: dict[int, Node] = {}
    for found in draft.found:
        node = found.nodes[0]
        if node.kind == "State" and node.twin is not None:
            if found.form == "adjective":
                if _describes_place(doc[found.head]):
                    found.nodes = [node.twin]
                continue
            surface = doc[found.start : found.end].text
            metonym = draft.base.metonym(surface)
            if metonym is not None and metonym.city is None and STATE_METONYM.search(metonym.stands_for):
                found.form = "metonym"
            elif _located(doc, draft, found) or not is_actor(doc[found.head], False):
                found.nodes = [node.twin]
        elif node.kind in {"City", "Place"} and node.twin is None and found.form == "name":
            _seat(doc, draft, found, node, bodies)
        elif node.kind == "Organization" and node.entry is not None:
            metonym = draft.base.metonym(doc[found.start : found.end].text)
            if (
                metonym is not None
                and metonym.target is not None
                and metonym.target.id == node.entry.id
                and metonym.city is None
            ):
                found.form = "metonym"


def _seat(doc: Doc, draft: Draft, found: Found, node: Node, bodies: dict[int, Node]) -> None:
    """A town or province that acts: as the state or body it is the seat of, or as a body of its own name."""
    token = doc[found.head]
    contest = in_contest(token)
    if not contest and not is_actor(token, True):
        return
    metonym = draft.base.metonym(doc[found.start : found.end].text) if node.kind == "City" else None
    if metonym is not None and metonym.city is not None and node.entry is not None and metonym.city.id == node.entry.id:
        if contest or _civic(token):
            pass  # the town's own team or police
        elif STATE_METONYM.search(metonym.stands_for) and metonym.state is not None:
            found.nodes, found.form = [state_node(draft, metonym.state)], "metonym"
            return
        else:
            return
    if node.entry is None or node.entry.type not in {"city", "region", "territory"} or not (contest or _acts(token)):
        return
    body = bodies.get(id(node))
    if body is None:
        body = bodies[id(node)] = draft.add(Node(node.name, "Organization", confidence=0.6, scope=node.entry.id))
        body.twin = node
        state = draft.base.country(node.entry.country) if node.entry.country else None
        if state is not None and state.type in STATES:
            body.affiliate(state_node(draft, state))
    found.nodes, found.form = [body], "metonym"


def _acts(token: Token) -> bool:
    """Whether a town or province that is no capital is what acts: it says, decides or owns what only a body owns.

    Fewer places in the sentence make it one than a capital: "attacks on Aleppo" and "isolate Raqqa" speak of the town.
    """
    token = _first_of(token)
    base = token.dep_.split(":")[0]
    if base == "nsubj":
        return token.dep_ != "nsubj:pass" and _subject(token, token.head, token.dep_, True)
    if token.dep_ == "nmod:poss":
        return token.head.lemma_.lower() in words("civic_nouns") | words("actor_nouns")
    if base == "obj":
        return token.head.lemma_.lower() in {
            "accuse",
            "sue",
            "ask",
            "urge",
            "tell",
            "blame",
            "criticise",
            "criticize",
            "thank",
            "fine",
        }
    case = [c.lower_ for c in token.children if c.dep_ == "case"]
    if case[:1] == ["between"]:
        return token.head.lemma_.lower() in words("relation_words")
    return token.dep_ == "obl:agent" or _civic(token)


def _describes_place(token: Token) -> bool:
    """Whether an adjective of a state says where something lies ("a British city", "Tunisian airbases")."""
    return token.dep_ in {"amod", "compound"} and token.head.lemma_.lower() in words("place_nouns") | words(
        "settlement_nouns"
    )


def _located(doc: Doc, draft: Draft, found: Found) -> bool:
    """ "Homs, Syria": the state behind a comma says where the place lies."""
    if found.start < 2 or doc[found.start - 1].text != ",":
        return False
    before = [f.node for f in draft.at(found.start - 2) if f.node.kind in {"City", "Place"} and f.node.twin is None]
    for node in before:
        if node.entry is None and node.within is None:
            node.within = found.node.twin
    return bool(before)


def _first_of(token: Token) -> Token:
    """The first of coordinated names, which shows what all of them are ("between Chile and [Peru]")."""
    for _ in range(6):
        if token.head != token and (token.dep_ == "conj" or (token.dep_ == "appos" and token.head.pos_ == "PROPN")):
            token = token.head
        else:
            break
    return token


def in_contest(token: Token) -> bool:
    """Whether the name is that of a side in a contest ("Lyon lost to Porto", "a goal against Spain", "played for Wales")."""
    token = _first_of(token)
    dep, head = token.dep_, token.head
    base, lemma = dep.split(":")[0], head.lemma_.lower()
    case = [c.lower_ for c in token.children if c.dep_ == "case"]
    if base == "nsubj" or dep == "obl:agent":
        return head.pos_ == "VERB" and lemma in words("contest_verbs") - _EVERYDAY and _sporting(head)
    if base == "obj":
        return lemma in {
            "beat",
            "defeat",
            "thrash",
            "trounce",
            "outplay",
            "rout",
            "captain",
            "manage",
            "represent",
            "coach",
        }
    if case and case[0] in {"against", "over", "to", "for", "with", "from"}:
        if head.pos_ in {"VERB", "AUX"}:
            if case[0] == "for":
                return lemma in {
                    "play",
                    "score",
                    "sign",
                    "debut",
                    "start",
                    "appear",
                    "row",
                    "compete",
                    "feature",
                    "cap",
                }
            return case[0] in {"against", "to"} and lemma in {
                "lose",
                "play",
                "draw",
                "score",
                "win",
                "start",
                "debut",
                "concede",
            }
        if head.pos_ in {"NOUN", "PROPN"}:
            return lemma in words("contest_nouns") and case[0] in {"against", "over", "to", "with"}
    if base in {"compound", "amod"} or dep == "nmod:poss":
        return lemma in {"team", "side", "squad", "fan", "goalkeeper", "striker", "midfielder", "defender", "coach"}
    return False


_EVERYDAY = frozenset(
    {"host", "sign", "lead", "start", "represent", "face", "manage", "transfer", "trade", "promote", "coach"}
)
"""Verbs of contests that say as much of states and towns in other matters."""


def _sporting(verb: Token) -> bool:
    """Whether something else about a verb tells of a contest: a score, a match, a season."""
    around = {t.lemma_.lower() for t in verb.subtree}
    if verb.lemma_.lower() in {"lose", "beat", "defeat", "win", "draw"} and any(t.like_num for t in verb.children):
        return True
    return bool(
        around
        & (
            words("contest_nouns")
            | {"team", "league", "championship", "cup", "season", "club", "tournament", "half", "home"}
        )
    )


def _civic(token: Token) -> bool:
    """Whether the name stands before what is of the town itself ("London police")."""
    token = _first_of(token)
    return token.dep_ in {"compound", "amod", "nmod:desc"} and token.head.lemma_.lower() in words("civic_nouns")


def is_actor(token: Token, city: bool) -> bool:
    """Whether the head token of a state's (or capital's) name stands where an actor stands.

    A state is an actor unless its place in the sentence makes it a place; a capital (`city`) is a place unless it must be an actor.
    """
    if any(c.dep_ == "amod" and c.lower_ in words("place_adjectives") for c in token.lefts):
        return False
    token = _first_of(token)
    dep, head = token.dep_, token.head
    base = dep.split(":")[0]
    if dep == "obl:agent":
        return True
    if base == "nsubj":
        return _subject(token, head, dep, city)
    case = [c.lower_ for c in token.children if c.dep_ == "case"]
    if dep == "nmod:poss" or "'s" in case or "’s" in case or any(c.tag_ == "POS" for c in token.children):
        return head.lemma_.lower() not in words("place_nouns")
    if base in {"compound", "amod"}:
        if city:
            return _civic(token)
        lemma = head.lemma_.lower()
        if lemma in words("deed_compounds") and token.text.rstrip(".").isalpha() and not token.text.isupper():
            return False
        return lemma not in words("place_compounds") and lemma not in words("place_nouns")
    if base in {"obj", "iobj"}:
        verb = head.lemma_.lower()
        if city:
            return verb in words("address_verbs")
        return verb not in words("place_object_verbs") or verb in words("address_verbs")
    if case:
        return _under_preposition(token, head, case[0], city)
    if dep in {"ROOT", "parataxis"}:
        before = token.nbor(-1).text if token.i > 0 else ""
        return before in {":", "-", "–", "—"} or (not city)
    return not city and base in {"appos", "vocative", "xcomp", "nmod", "dislocated"}


def _subject(token: Token, verb: Token, dep: str, city: bool) -> bool:
    lemma = verb.lemma_.lower()
    if not city:
        if any(c.dep_ == "cop" for c in verb.children):
            return lemma not in words("place_predicates")
        if dep == "nsubj:pass":
            return lemma not in words("place_passives")
        return lemma not in words("place_statives") - {"have", "cover"} and not (lemma == "have" and _has_ground(verb))
    if any(c.dep_ == "cop" for c in verb.children):
        return verb.pos_ == "ADJ" and lemma in words("minded_adjectives")
    if verb.pos_ not in {"VERB", "AUX"}:
        return False
    if dep == "nsubj:pass":
        return lemma in words("judged_verbs")
    return lemma in words("speech_verbs") or lemma in words("state_acts")


def _passive_of(token: Token, lemma: str) -> bool:
    return token.lemma_.lower() == lemma and any(c.dep_ == "nsubj:pass" for c in token.children)


def _has_ground(verb: Token) -> bool:
    """Whether what a state has is part of its land or people ("has a long coast"), not a power, plan or right."""
    owned = next((c for c in verb.children if c.dep_ == "obj"), None)
    return owned is not None and owned.lemma_.lower() in words("place_nouns") | words("natural_nouns", "kinds") | words(
        "settlement_nouns"
    )


def _is_under(noun: Token) -> bool:
    return noun.lemma_.lower() in words("transfer_words") and any(
        c.dep_ == "case" and c.lower_ == "under" for c in noun.children
    )


def _under_preposition(token: Token, head: Token, preposition: str, city: bool) -> bool:
    governor = head.lemma_.lower()
    if preposition in {"including", "such"} and head.pos_ == "NOUN":
        return is_actor(head, city)  # "in countries such as Chad": as the countries
    if preposition == "for" and governor in words("departure_verbs"):
        return False
    if preposition in {"with", "between"} and (
        governor in words("route_words") - {"share"} or _passive_of(head, "share")
    ):
        return False
    if preposition == "between" and not city:
        return True
    if preposition in {"toward", "towards"} and governor in words("attitude_words"):
        return True
    if preposition == "over" and governor in {"rule", "sovereignty", "win", "victory", "triumph"}:
        return not city
    if preposition == "of":
        if city:
            return governor in words("attitude_nouns")
        return governor in words("attitude_nouns") or governor in words("actor_nouns")
    if preposition == "between":
        return governor in words("relation_words")
    if (
        preposition in {"to", "from"}
        and head.pos_ == "VERB"
        and any(c.dep_ == "obj" and c.lemma_.lower() in words("transfer_words") for c in head.children)
    ):
        return True
    # "came under pressure from Arland", but not "under fire from Arland": who fires may be anybody there
    if preposition == "from" and any(_is_under(c) for c in (head, *head.children)):
        return True
    if preposition in {"to", "from"}:
        return governor in words("transfer_words") and not (
            city and head.pos_ == "VERB" and governor in {"send", "deliver", "transfer"}
        )
    if preposition in words("actor_prepositions"):
        if not city:
            return preposition != "over"
        return preposition in {"against", "with", "by"} or (
            preposition == "on" and governor in {"sanction", "pressure", "attack"}
        )
    return preposition not in words("place_prepositions") and not city
