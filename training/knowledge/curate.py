"""Clean, merge and rank the drafts: preferred names, aliases worth looking up, one entity per thing, priors."""

from __future__ import annotations

import html
import re
import statistics
from collections import defaultdict
from urllib.parse import unquote

from drafts import Draft, Evidence

from kgbuild.knowledge.normal import is_acronym, key
from kgbuild.knowledge.titles import Titles

PLACES = {"country", "territory", "region", "city", "geo"}
BODIES = {
    "igo", "org", "ministry", "agency", "military", "armed_group", "media", "party", "company", "legislature", "court",
    "government", "university", "sports", "ngo", "cabinet",
}  # fmt: skip

TITLES = Titles.load()
BODY_DESCRIPTION = re.compile(r"^(?:Christian )?(army|church)\b")
"""Descriptions that begin by saying that a "person" is none."""
_PARENTHESIS = re.compile(r"\s*\([^)]*\)\s*")
_ROLE_PHRASE = re.compile(
    r"\b(official|officials|operative|operatives|envoy|peacekeepers?|spokes(?:man|woman|person)|offshoot|troops|"
    r"contingent|"
    r"linked|affiliated|affiliate|terrorists?|militants?|rebels?|fighters?|gunmen|leaders?|members?|commander|soldiers?|"
    r"suspects?|inspectors?|representative|ambassador|secretary|chief|director|supporters|sympathizers|activists?|"
    r"insurgents?)\b",
    re.IGNORECASE,
)
_BODY_WORD = re.compile(
    r"\b(army|armies|front|brigades?|battalions?|movement|party|group|liberation|militia|forces?|council|union|organi[sz]ation|"
    r"martyrs|jihad|guards?|guerrillas?|resistance|revolution|revolutionary|cells?|commandos?|league|legion|committee|"
    r"coalition|alliance|defen[cs]e|command|faction|network|squad|tigers?|corps|command|ansar|harakat|hizb\w*|lashkar|jaish|"
    r"jamaat|jemaah|tehrik|islamic|islamiyya|communist|people'?s|national|state|federation|ira|association|institute|agency|"
    r"press|news|times|radio|television|tv|broadcasting|post|journal|bank|fund|court|tribunal|commission|conference|community|"
    r"programme|program|secretariat|bureau|office|mission|department|ministry|authority|assembly|parliament|center|centre|"
    r"foundation|society|international|nations|services?|partnership|forum|cooperation|co-operation|initiative|treaty|"
    r"mujahid\w*|mujahed\w*|taliban|shabaab|qa[ie]da|hamas|fatah|farc|eta|eln|klan|cartel|mafia|black|red|white|al-\w+)\b",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\b(de|des|du|der|und|für|pour|los|las|el|del|et|y|para|e|di|da|do|dos|per|van|voor|internacional|internationale|"
    r"organisation des|organización|organisatie|les|le|la|il)\b"
)
_TITLE_WORDS = re.compile(
    r"^(?:(?:former|the|us|u\.s\.|united states|vice|deputy|acting|prime|crown|first) )*"
    r"(?:president|minister|vice-president|sen(?:ator|\.)?|rep(?:resentative|\.)?|secretary|gov(?:ernor|\.)?|gen(?:eral|\.)?|"
    r"king|queen|prince|princess|pope|sir|dr\.?|mr\.?|mrs\.?|lord|lady|chancellor|ambassador|hrh|hm|attorney general) ",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r",? (?:jr|sr|ii|iii|iv|phd|md)\.?$", re.IGNORECASE)
_CLOSED_WORDS = (
    "a an and are as at be but by can do for from had has have he her his i if in is it its may me my no nor not of "
    "on or our out she so than that the their them then they this to too up us was we were what when who why will "
    "with you your all one january february march april june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday"
)
_CLOSED_CLASS = set(_CLOSED_WORDS.split())
"""Never looked up as a bare surname: at a sentence's start their capital says nothing ("So", "The")."""

_MACRONS = str.maketrans("āīūēōĀĪŪĒŌḩḥṣṭḍẓḏḫġḨḤṢṬḌẒ", "aiueoAIUEOhhstdzdhgHHSTDZ", "ʿʾʼ‘`")
"""Scholarly transliteration, which news does not write."""

_PARTICLES = {"al", "bin", "ben", "von", "van", "der", "den", "de", "la", "di", "da", "del", "le", "el", "abu", "ould"}
_FAMILY_FIRST = {"CN", "KP", "KR", "TW"}
_BRITISH = (
    ("organisation", "organization"),
    ("defence", "defense"),
    ("centre", "center"),
    ("labour", "labor"),
    ("cooperation", "co operation"),
)


def tidy(name: str) -> str:
    """A name without entities, escapes, parenthesis or trailing comma part in brackets."""
    name = html.unescape(unquote(name)).replace("’", "'").replace("–", "-")
    return re.sub(r"\s+", " ", _PARENTHESIS.sub(" ", name)).strip()


def preferred_name(draft: Draft, evidence: Evidence | None) -> str:
    """The common English name: the label met most often in text; for states the shortest of the labels met at least
    twice."""
    own = tidy(draft.name)
    labels: dict[str, int] = defaultdict(int)
    if evidence:
        for label, count in evidence.labels.items():
            label = tidy(label)
            if label and any(c.isupper() for c in label) and "," not in label and not is_acronym(label):
                labels[label] += count
    wiki = tidy(draft.wikipedia or (evidence.enwiki if evidence else "") or "")
    if wiki and "&" not in wiki and " - " not in wiki and any(c.isupper() for c in wiki):
        labels[wiki] += 2
    if draft.type in ("country", "territory"):
        often = [label for label, count in labels.items() if count >= 2]
        return min(often, key=lambda x: (len(x), x)) if often else own
    if draft.type == "person" and wiki and "," not in wiki:
        return wiki
    best = max(sorted(labels), key=lambda x: labels[x], default=own)
    if draft.type == "igo" and wiki and is_acronym(wiki):
        return wiki
    if draft.type == "government" and draft.name != own:
        # "Donetsk (Occupied Ukraine)": the self-styled state has a name of its own
        return max(
            (tidy(a) for a in draft.aliases if a.startswith(own.split()[0])), key=lambda a: (len(a), a), default=own
        )
    if draft.type == "city" and own in labels and labels[best] < 5 * labels[own]:
        return own  # a gazetteer is newer than old labels ("Kiev")
    # a label met once says no more than the record's own name
    name = best if labels.get(best, 0) >= 2 else own
    if draft.type in ("city", "region"):
        name = name.translate(_MACRONS)
        bare = re.sub(r"^(?:Al|Ar|As|Ad|Az|An|At|Ash)[ -](?=[A-Z])", "", name)
        name = name.rstrip("'")
        if bare != name and (bare in draft.aliases or bare in labels):
            name = bare  # "Al Fallujah", which news calls Fallujah
    return name


def surnames(name: str, country: str | None) -> list[str]:
    """The bare surnames news may use for a person of this full name; none for "Abdullah II of Jordan"."""
    bare = _SUFFIX.sub("", tidy(name))
    words = bare.split()
    if len(words) < 2 or " of " in bare or "," in bare:
        return []
    if country in _FAMILY_FIRST and len(words) <= 3:
        return [words[0]]
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    found = [" ".join(words[start:])]
    if article := re.match(r"(?:al|el|as|ar|ad|az|ash|at)-(?=[A-Z]\w{2})", words[-1], re.IGNORECASE):
        found.append(words[-1][article.end() :])
    if start < len(words) - 1 and len(words[-1]) > 3:
        found.append(words[-1])
    return [
        x
        for x in found
        if re.fullmatch(r"[^\W\d_][\w'’\- ]+", x) and not re.fullmatch(r"[IVX]+", x) and key(x) not in _CLOSED_CLASS
    ]


def _resembles(surface: str, name: str) -> bool:
    """Whether one word is another spelling of a word of the name other than the first, its initials, or all of a
    one-word name."""
    words = key(name).split()
    word = key(surface)
    if is_acronym(surface) or len(words) == 1:
        return word == "".join(w[0] for w in words) or len(words) == 1
    return any(w[:4] == word[:4] and abs(len(w) - len(word)) <= 2 for w in words[1:]) and word != words[0]


def initials(names: list[str]) -> set[str]:
    """The initials of names of three words or more, lower case, with and without those of small words."""
    found = set()
    for name in names:
        words = re.findall(r"[^\W\d_]+", tidy(name))
        large = [w for w in words if w[0].isupper()]
        for chosen in (words, large):
            if len(chosen) >= 3:
                found.add("".join(w[0] for w in chosen).lower())
    return found


def clean_aliases(draft: Draft) -> None:
    """Keep the names an English text may use, each with its kind."""
    kept: dict[str, str] = {draft.name: "name"}
    phoenix = set(draft.src) <= {"phoenix", "curated"} or "phoenix" in draft.src
    own_keys = {key(draft.name)}
    family = {key(s) for s in surnames(draft.name, draft.country)} | own_keys
    spelled = initials([draft.name, *draft.aliases]) if draft.type in BODIES else set()
    code_dotted = {a.replace(".", "") for a in draft.aliases if re.fullmatch(r"(?:[A-Z]\.){2,}", a)}
    candidates = sorted(draft.aliases.items(), key=lambda x: (x[0].islower(), x[0]))
    for raw, kind in candidates:
        if kind in ("demonym", "demonym_pl", "surname") or raw.startswith("@") or "(" in raw or "/" in raw:
            continue
        surface = tidy(raw)
        if surface.isupper() and " " in surface:
            continue
        if "," in surface and draft.type in PLACES | {"person"}:
            continue
        if not surface.isprintable() or not 2 <= len(surface) <= 80 or not re.search(r"[^\W\d_]", surface):
            continue
        if any(ord(c) > 0x24F and not 0x1E00 <= ord(c) <= 0x1EFF and c not in "’ʼʻ" for c in surface):
            continue  # not Latin script
        if " " not in surface and surface[1:].islower() and len(surface) >= 3 and surface.lower() in spelled:
            surface = surface.upper()  # sources that write every word as "Epa", or every alias as "epa"
        if not any(c.isupper() for c in surface):
            continue  # English writes names with a capital; lower-case rows are tags of shop and brand lists
        if is_acronym(surface):
            bare = surface.replace(".", "")
            code = (
                draft.iso2 is not None
                and len(bare) <= 3
                and draft.iso2.split("-")[-1].startswith(bare[:2])
                and len(bare) == 2
            )
            if (
                draft.type in ("region", "city", "country", "territory", "geo")
                and len(bare) == 2
                and (code or draft.type in ("region", "city"))
                and bare not in code_dotted
            ):
                continue  # a postal or ISO code, not a name
            if draft.type == "city":
                continue  # airport codes
            if draft.type == "person" and not _resembles(surface, draft.name):
                continue
            kept.setdefault(surface, "acronym")
            own_keys.add(key(surface))
            continue
        bare = surface.replace(".", "")
        if len(bare) <= 3 and " " not in bare and draft.type not in ("city", "person", "region"):
            continue
        if phoenix and draft.type != "person" and _ROLE_PHRASE.search(surface):
            continue
        if draft.type in BODIES and _FOREIGN.search(surface) and not _FOREIGN.search(draft.name):
            continue
        if draft.type == "person":
            stripped = _TITLE_WORDS.sub("", surface)
            if '"' in surface or (stripped != surface and key(stripped) in family | {key(a) for a in draft.aliases}):
                continue  # the title is read beside the name, not as part of it
            if " " not in surface and key(surface) in family:
                continue
            if " " not in key(surface) and not _resembles(surface, draft.name):
                continue  # nicknames ("Batman") and bare first names
            if key(surface).endswith(f" {key(draft.name)}"):
                continue  # "Defense Secretary Ash Carter"
        if kind == "alt" and (draft.population or 0) < 50_000:
            continue  # spellings of small towns in other languages are most of the gazetteer's bulk
        if key(surface) in own_keys or not key(surface):
            continue
        own_keys.add(key(surface))
        kept[surface] = "alt" if kind == "alt" else "alias"
    draft.aliases = kept
    if draft.type == "person":
        for surname in surnames(draft.name, draft.country):
            if key(surname) not in own_keys:
                draft.aliases[surname] = "surname"


def is_shadow(drafts: list[Draft]) -> set[str]:
    """Ids of bare labels that text-based sources call a place ("geo": no position, no description) beside a
    gazetteer's place of that name."""
    placed = {key(d.name) for d in drafts if d.type in PLACES - {"geo"}}
    return {d.id for d in drafts if d.type == "geo" and not d.description and d.lat is None and key(d.name) in placed}


def is_noise(draft: Draft, common: set[str]) -> bool:
    """Records whose name is no name, or whose type their own description denies."""
    if draft.type not in PLACES | {"person"} and draft.qid and TITLES.get(draft.name) is not None:
        return True  # "Sheriff"
    if draft.iso2 in ("ZZ", "IP"):
        return True  # "Global" and "Cyberspace" of a list of jurisdictions
    if draft.type in BODIES | {"geo"} and draft.description:
        concept = key(draft.name) in common and not any(c.isupper() for c in draft.description)
        words = draft.description.lower()
        work = re.search(r"\b(film|album|song|novel|sitcom|television series)\b", words)
        maker = re.search(r"\b(company|studio|producer|distributor|publisher|label|network|channel|festival)\b", words)
        if concept or (work and not maker):
            return True  # "Airline: company that provides air transport services"
    if not any(c.isupper() or c.isdigit() for c in draft.name) or not key(draft.name):
        return True
    if draft.type == "company" and set(draft.src) == {"nsi"}:
        return True
    words = draft.description.lower()
    if draft.type in BODIES and re.search(
        r"\b(singer|actor|actress|footballer|songwriter|rapper|musician|film director)\b", words
    ):
        return True
    if draft.qid is None and set(draft.src) == {"phoenix"}:
        if draft.type == "media" or _ROLE_PHRASE.search(draft.name):
            return not re.search(
                r"\b(news|times|radio|television|tv|broadcasting|post|journal|press)\b", draft.name, re.IGNORECASE
            )
        return not (_BODY_WORD.search(draft.name) or any(is_acronym(a) for a in draft.aliases))
    return False


def _family(kind: str) -> str:
    if kind in ("region", "territory", "geo"):
        return "area"
    return "body" if kind in BODIES else kind


def merge_key(name: str) -> str:
    """A key that also bridges British spelling and "UN" for "United Nations"."""
    text = key(name)
    for british, american in _BRITISH:
        text = text.replace(british, american)
    text = re.sub(r"^un ", "united nations ", text)
    text = re.sub(r"^(us|u s) ", "united states ", text)
    return re.sub(r"\b(of|the|for|and) ", "", text)


def merge(drafts: list[Draft], evidence: dict[str, Evidence]) -> tuple[list[Draft], int]:
    """Join records of one thing: an unlinked one into the linked one whose name or alias it bears, and doubled states.

    Two linked records are joined only when both are states of one name, kept under the id that most texts use.
    """
    owner: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.qid is None or draft.type == "person":
            continue
        for surface, kind in draft.aliases.items():
            if kind == "name" or (kind in ("alias", "acronym") and _family(draft.type) == "body"):
                owner[_family(draft.type), merge_key(surface)].append(draft)
    gone: set[str] = set()
    states: dict[str, Draft] = {}
    for draft in sorted(
        (d for d in drafts if d.type in ("country", "territory")),
        key=lambda d: (
            -sum(evidence[d.qid].labels.values()) if d.qid else 1,
            d.iso2 is None,
            d.id,
        ),
    ):
        first = states.setdefault(key(draft.name), draft)
        if (
            first is not draft
            and first.qid
            and (first.country == draft.country or None in (first.country, draft.country) or draft.iso2 is None)
        ):
            absorb(first, draft)
            gone.add(draft.id)
    for draft in drafts:
        if draft.qid is not None or draft.type in ("person", "city"):
            continue
        found = [
            d
            for d in owner.get((_family(draft.type), merge_key(draft.name)), ())
            if d.country is None or draft.country is None or d.country == draft.country
        ]
        if found:
            best = max(found, key=lambda d: (merge_key(d.name) == merge_key(draft.name), d.prior, d.id))
            absorb(best, draft)
            gone.add(draft.id)
    seen: dict[tuple[str, str, str | None], Draft] = {}
    for draft in drafts:  # unlinked doubles among themselves, the hand-listed one first
        if draft.qid is None and draft.id not in gone and draft.type not in ("person", "city"):
            slot = (_family(draft.type), merge_key(draft.name), draft.country)
            first = seen.setdefault(slot, draft)
            if first is not draft:
                a, b = (
                    (first, draft) if first.id.startswith("kg:") or not draft.id.startswith("kg:") else (draft, first)
                )
                absorb(a, b)
                gone.add(b.id)
                seen[slot] = a
    return [d for d in drafts if d.id not in gone], len(gone)


def absorb(kept: Draft, other: Draft) -> None:
    """Give `kept` what `other` knows beyond it; the kept record's own values win."""
    for surface, kind in other.aliases.items():
        if key(surface) not in {key(a) for a in kept.aliases}:
            kept.aliases[surface] = "alias" if kind == "name" else kind
    if kept.lat is None:
        kept.lat, kept.lon = other.lat, other.lon
    kept.population = kept.population or other.population
    kept.country = kept.country or other.country
    kept.capital = kept.capital or other.capital
    kept.iso2 = kept.iso2 or other.iso2
    kept.prior = max(kept.prior, other.prior)
    kept.src = tuple(sorted(set(kept.src) | set(other.src)))
    if kept.tier == "open" and other.tier != "open":
        kept.tier = other.tier


def drop_stolen_aliases(drafts: list[Draft]) -> int:
    """Drop aliases that are another entity's own name.

    An alternative spelling yields to any name ("Hamas" for Hamm, "Paris" for Parys); a place's alias yields to the
    name of another
    place of its country ("Gaza Strip" for Palestine, "Donetsk" for the Donetsk People's Republic); a body's alias
    yields to a person's full name
    (a leader listed under his group).
    """
    names: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        names[key(draft.name)].append(draft)
    dropped = 0
    for draft in drafts:
        for surface, kind in list(draft.aliases.items()):
            if kind not in ("alias", "alt"):
                continue
            others = [d for d in names.get(key(surface), ()) if d is not draft]
            local = any(d.country == draft.country and d.type in PLACES for d in others)
            person = draft.type in BODIES and " " in surface and any(d.type == "person" for d in others)
            stronger = kind == "alt" and any(d.prior >= min(0.3, draft.prior) for d in others)
            if (
                (local and draft.type in ("country", "territory", "government"))
                or person
                or stronger
                or (others and len(key(surface)) < 4 and kind == "alt")
            ):
                del draft.aliases[surface]
                dropped += 1
    return dropped


def set_priors(drafts: list[Draft], evidence: dict[str, Evidence]) -> None:
    """Bring the collected priors to one scale, by what a bare name means in news.

    States with an ISO code stay on top; former states, unlinked sub-regions and shop or record-label companies go
    down; a territory or
    region that texts mention often (evidence counts) goes up.
    """
    for draft in drafts:
        known = evidence.get(draft.qid or "")
        seen = sum(known.labels.values()) if known else 0
        if draft.type == "country" and draft.iso2 is None and "rigour" not in draft.src:
            draft.prior = min(draft.prior, 0.3)
        elif draft.type == "territory":
            draft.prior = max(draft.prior, 0.5)
        elif draft.type == "region" and draft.qid is None and not draft.id.startswith("kg:"):
            draft.prior = min(draft.prior, 0.16)
        elif draft.type == "person":
            if draft.src == ("eps",) or draft.src == ("eps", "phoenix"):
                # ambassadors, speakers and lesser ministers of every state share one collected prior
                lesser = re.search(
                    r"ambassador|member|deputy|state secretary|adviser|judge|justice", draft.description, re.IGNORECASE
                )
                draft.prior = draft.prior * 0.75 if lesser and draft.prior < 0.5 else draft.prior
            if draft.prior < 0.75:
                draft.prior += (
                    0.2 * ("elevant" in draft.src) + 0.14 * ("fb15k" in draft.src) + 0.03 * ("phoenix" in draft.src)
                )
        elif draft.type in ("sports", "university", "company"):
            draft.prior = draft.prior * 0.8
        if draft.type in ("geo", "armed_group", "igo", "government", "ministry", "agency", "military") and seen >= 20:
            draft.prior = min(0.75, draft.prior + 0.1)
        draft.prior = round(min(0.99, draft.prior), 3)


def locate_areas(drafts: list[Draft]) -> int:
    """Give regions and states without coordinates the median position of their cities in the base."""
    cities: dict[tuple[str | None, str | None], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.type == "city" and draft.lat is not None and draft.lon is not None:
            cities[draft.country, None].append(draft)
            if draft.admin1:
                cities[draft.country, key(draft.admin1)].append(draft)
    found = 0
    for draft in drafts:
        if draft.lat is not None or not draft.country or draft.type not in PLACES - {"city"}:
            continue
        surfaces = sorted(draft.aliases, key=lambda s: (draft.aliases[s] != "name", s))
        slots: list[str | None] = [key(surface) for surface in surfaces]
        if draft.iso2 == draft.country:
            slots.append(None)
        members = next((cities[draft.country, slot] for slot in slots if (draft.country, slot) in cities), [])
        if members:
            draft.lat = round(statistics.median(c.lat for c in members if c.lat is not None), 3)
            draft.lon = round(statistics.median(c.lon for c in members if c.lon is not None), 3)
            found += 1
    return found
