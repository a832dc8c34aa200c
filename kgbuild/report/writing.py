"""A portrait as HTML: a heading, what is known, then events, statements, stances, map and contradictions, each with its sentences."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from statistics import fmean
from typing import Final

from kgbuild.atlas import QUADS
from kgbuild.graph import Evidence
from kgbuild.page.words import date_words
from kgbuild.report.portrait import Item, Portrait
from kgbuild.report.sketch import QUAD_WORDS, course, world
from kgbuild.report.text import address, marked, meta, short, status

__all__ = ["render"]

MOST: Final = 60
"""Items of a list that are written out, the latest; the rest is counted, with the question that lists it."""
TELLINGS: Final = 3
"""Sentences of one happening."""
_STYLE = Path(__file__).resolve().parent / "assets" / "dossier.css"


def render(of: Portrait) -> str:
    """The whole page."""
    css = _STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    title = " and ".join(of.name(i)[:60] for i in of.ids)
    body = _pair(of) if of.pair else _one(of)
    sections = "".join(f'<section id="{key}"><h2>{head}</h2>{content}</section>' for key, head, content in body)
    contents = "".join(f'<li><a href="#{key}">{head}</a></li>' for key, head, _ in body)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{_flat(title)} · dossier</title><style>{css}</style></head><body>"
        f'<header>{_head(of)}</header><nav aria-label="Contents"><ul>{contents}</ul></nav><main>{sections}</main>'
        "<footer><p>Drawn from the articles named here by kgbuild, nothing else. An event listed here did not therefore happen: each line says "
        "who says so. Marked (dotted in print): the words of the record; bold: trigger or cue.</p></footer></body></html>\n"
    )


Section = tuple[str, str, str]


def _one(of: Portrait) -> list[Section]:
    i = of.ids[0]
    name = of.name(i)
    out = [("who", "Who", _who(of, i))]
    out += _list(of, "deeds", "Did", of.deeds, ("what-did", name))
    out += _list(
        of,
        "suffered",
        "Happened to it" if of.entities[i].kind != "Person" else "Happened to them",
        of.suffered,
        ("timeline", name),
    )
    out += _list(of, "said", "Said", of.said, ("claims-of", name))
    own = {k: v for k, v in of.stances.items() if k[0] == i}
    others = {k: v for k, v in of.stances.items() if k[0] != i}
    out += _stances(of, "stances", "Stands toward others", own, lambda k: of.name(k[1]), ("stances-of", name))
    out += _stances(of, "toward", "Others stand toward", others, lambda k: of.name(k[0]), ("stance-toward", name))
    out += _list(of, "told", "Others said of", of.told_of, ("who-said-what", name))
    return [*out, *_map(of), *_contradictions(of), *_articles(of)]


def _pair(of: Portrait) -> list[Section]:
    a, b = of.ids
    out = [("who", "Who", _who(of, a) + _who(of, b))]
    for key, holder, target in (("there", a, b), ("back", b, a)):
        ways = {k: v for k, v in of.stances.items() if k == (holder, target)}
        head = f"{short(of.name(holder), 60)} toward {short(of.name(target), 60)}"
        out += _stances(of, key, head, ways, lambda k: "", ("stance-over-time", of.name(holder), of.name(target)))
    out += _list(of, "deeds", "Happened between them", of.deeds, ("timeline", of.name(a)))
    out += _list(of, "said", "Said of or to each other", of.said, ("claims-of", of.name(a)))
    return [*out, *_map(of), *_contradictions(of), *_articles(of)]


def _head(of: Portrait) -> str:
    counts = [
        (len(of.deeds), "happening", "happenings"),
        (len(of.said), "statement", "statements"),
        (sum(len(v) for v in of.stances.values()), "stance", "stances"),
        (len(of.disputed), "contradiction", "contradictions"),
        (len(of.articles), "article", "articles"),
    ]
    numbers = "".join(f"<li><b>{n}</b> {one if n == 1 else many}</li>" for n, one, many in counts)
    days = sorted(d.published for d in of.articles if d.published)
    period = f" <span>articles of {escape(date_words(days[0], days[-1]))}</span>" if days else ""
    heads = " <small>and</small> ".join(short(of.name(i)) for i in of.ids)
    kinds = " · ".join(dict.fromkeys(_kind(of, i) for i in of.ids))
    return f'<p class="kind">{kinds}{period}</p><h1>{heads}</h1><ul class="counts">{numbers}</ul>'


def _kind(of: Portrait, i: str) -> str:
    entity = of.entities[i]
    return escape(entity.kind)


def _who(of: Portrait, i: str) -> str:
    entity = of.entities[i]
    rows: list[tuple[str, str]] = []
    if of.pair:
        rows.append(("name", short(entity.name)))
    if entity.qid and address(f"https://www.wikidata.org/wiki/{entity.qid}"):
        rows.append(
            (
                "Wikidata",
                f'<a href="https://www.wikidata.org/wiki/{escape(entity.qid, quote=True)}" rel="noreferrer">{escape(entity.qid)}</a>',
            )
        )
    other = [a for a in entity.aliases if a != entity.name][:12]
    if other:
        rows.append(("also", ", ".join(short(a, 60) for a in other)))
    ties = []
    for a in of.belongs(i):
        role = f"{short(a.role, 60)}, " if a.role else ""
        when = date_words(a.earliest, a.latest)
        ties.append(f"{role}{short(of.name(a.body), 60)}" + (f" ({escape(when)})" if when else ""))
    known = {a.body for a in of.belongs(i)}
    ties += [short(of.name(b), 60) for b in entity.affiliation if b not in known]
    if ties:
        rows.append(("belongs to", "; ".join(ties)))
    members = of.members(i)
    if members:
        more = f" and {len(members) - 20} more" if len(members) > 20 else ""
        rows.append(("belong to it", ", ".join(short(m, 60) for m in members[:20]) + more))
    if entity.within:
        rows.append(("within", short(of.name(entity.within), 60)))
    count = of.mentions(i)
    rows.append(("mentioned", f"{count} time{'' if count == 1 else 's'}"))
    rows.append(("id", f"<code>{short(entity.id)}</code>"))
    return "<dl>" + "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in rows) + "</dl>"


def _list(of: Portrait, key: str, head: str, items: Sequence[Item], question: Sequence[str]) -> list[Section]:
    if not items:
        return []
    shown = "".join(_card(of, item) for item in items[:MOST])
    more = f"<p>{len(items) - MOST} older ones are left out here.</p>" if len(items) > MOST else ""
    return [(key, f"{head} <small>{len(items)}</small>", f"{shown}{more}{_ask(question)}")]


def _card(of: Portrait, item: Item) -> str:
    e = item.first
    tellings = "".join(_telling(of, x, item) for x in item.evidence[:TELLINGS])
    more = len(item.evidence) - TELLINGS
    also = f"<p class=meta>and {more} more time{'' if more == 1 else 's'}</p>" if more > 0 else ""
    return f'<article class="s-{e.status.lower()}"><h3>{_what(of, e)}</h3>{tellings}{also}</article>'


def _telling(of: Portrait, e: Evidence, item: Item) -> str:
    document = of.documents[e.document]
    names = {i: of.name(i) for i in (*e.sources, *e.deniers)}
    day = item.days.earliest if item.days.earliest == item.days.latest else ""
    return (
        f"<blockquote>{marked(e, document.text)}</blockquote>"
        f'<p class="meta"><b>{status(e, names, document.text)}</b> · {meta(e, document, day)}</p>'
    )


def _what(of: Portrait, e: Evidence) -> str:
    """Type and participants of an event or statement, in few words."""
    by_role: dict[str, list[str]] = {}
    for role, i in e.roles:
        by_role.setdefault(role, []).append(short(of.name(i), 60))
    if e.kind == "said":
        to = f" to {_join(by_role['addressee'])}" if "addressee" in by_role else ""
        about = f" about {_join(by_role['about'][:4])}" if "about" in by_role else ""
        return f'<span class="type">{escape(e.type)}</span> {_join(by_role.get("source", []))}{to}{about}'
    if e.kind == "stance":
        sign = {"For": "for", "Against": "against", "Mixed": "for and against"}.get(e.polarity or "", "toward")
        return (
            f'<span class="type">{escape(e.type)}</span> {_join(by_role["holder"])} {sign} {_join(by_role["target"])}'
        )
    parts = [f'<span class="type">{escape(e.type)}</span>', _join(by_role.get("agent", []))]
    if "recipient" in by_role:
        parts.append(f"→ {_join(by_role['recipient'])}")
    parts += [
        f"{word} {_join(by_role[role])}"
        for role, word in (("theme", "concerning"), ("instrument", "with"), ("place", "at"))
        if role in by_role
    ]
    return " ".join(p for p in parts if p)


def _join(names: Sequence[str]) -> str:
    return ", ".join(names)


def _stances(
    of: Portrait, key: str, head: str, ways: dict[tuple[str, str], list[Item]], name: Callable[[tuple[str, str]], str],
    question: Sequence[str],
) -> list[Section]:  # fmt: skip
    """One section: a line over time for each other side, then its sentences."""
    if not ways:
        return []
    dated = [
        i.days.earliest
        for items in of.stances.values()
        for i in items
        if i.days.earliest and i.days.earliest == i.days.latest
    ]
    blocks = []
    for way, items in list(ways.items())[:MOST]:
        held = [i.first.score for i in items if i.first.status == "Reported" and i.first.score is not None]
        signs = Counter(
            "for" if (i.first.score or 0) > 0 else "against" if (i.first.score or 0) < 0 else "neither" for i in items
        )
        words = ", ".join(f"{n} {w}" for w, n in sorted(signs.items(), key=lambda s: (-s[1], s[0])))
        mean = f"; mean of what is told as fact {fmean(held):+.2f}" if held else ""
        points = [
            (i.days.earliest, i.first.score, i.first.status == "Reported")
            for i in items
            if i.first.score is not None and i.days.earliest and i.days.earliest == i.days.latest
        ]
        line = course(points, min(dated), max(dated)) if len({p[0] for p in points}) > 1 or (of.pair and points) else ""
        title = (
            f"<h3>{short(name(way), 60)} <small>{words}{mean}</small></h3>" if name(way) else f"<p>{words}{mean}</p>"
        )
        cards = "".join(_card(of, i) for i in items[:MOST])
        blocks.append(f'<div class="side">{title}{line}{cards}</div>')
    count = sum(len(v) for v in ways.values())
    return [(key, f"{head} <small>{count}</small>", "".join(blocks) + _ask(question))]


def _map(of: Portrait) -> list[Section]:
    if not of.places:
        return []
    rows = "".join(
        f'<tr><th scope="row">{short(s.name, 60)}</th>'
        + f"<td>{s.count}</td><td>"
        + ", ".join(f"{n} {QUAD_WORDS[q]}" for q, n in zip(QUADS, s.counts, strict=True) if n)
        + "</td></tr>"
        for s in of.places[:MOST]
    )
    key = "".join(
        f'<li><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="5" class="q-{q or "none"}"/></svg> {QUAD_WORDS[q]}</li>'
        for q in QUADS
    )
    table = (
        '<table><thead><tr><th scope="col">place</th><th scope="col">happenings</th><th scope="col">of them</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
    return [
        (
            "map",
            f"Where <small>{len(of.places)}</small>",
            f'<figure>{world(of.places)}<ul class="key">{key}</ul></figure>{table}',
        )
    ]


def _contradictions(of: Portrait) -> list[Section]:
    if not of.disputed:
        return []
    blocks = []
    for item in of.disputed[:MOST]:
        yes = [e for e in item.evidence if not e.negated]
        no = [e for e in item.evidence if e.negated]
        e = item.first
        said = f"<p>said by {_join([short(of.name(i), 60) for i in e.sources]) or 'nobody named'}</p>"
        denied = f"<p>denied by {_join([short(of.name(i), 60) for i in e.deniers]) or 'nobody named'}</p>"
        blocks.append(
            f'<div class="two"><h3>{_what(of, e)}</h3><div><h4>So it is</h4>{said}{"".join(_telling(of, x, item) for x in yes[:TELLINGS])}</div>'
            f"<div><h4>So it is not</h4>{denied}{''.join(_telling(of, x, item) for x in no[:TELLINGS])}</div></div>"
        )
    return [
        (
            "contradictions",
            f"Contradictions <small>{len(of.disputed)}</small>",
            "".join(blocks) + _ask(("contradictions",)),
        )
    ]


def _articles(of: Portrait) -> list[Section]:
    if not of.articles:
        return [("articles", "Articles", "<p>No article says anything of it but its name.</p>")]
    rows = []
    for d in of.articles:
        title, link = short(d.headline or d.source), address(d.url)
        linked = f'<a href="{link}" rel="noreferrer">{title}</a>' if link else title
        rows.append(
            f"<li>{escape(d.published or 'no date')} · {linked}{f' · {short(d.publisher)}' if d.publisher else ''}</li>"
        )
    return [("articles", f"Articles <small>{len(rows)}</small>", f"<ol>{''.join(rows)}</ol>")]


def _ask(question: Sequence[str]) -> str:
    """The question that lists the same from the command line."""
    quoted = " ".join(f'"{w}"' if n else w for n, w in enumerate(question))
    return f'<p class="ask">As a table: <code>kgbuild query FOLDER {_flat(quoted)}</code></p>'


def _flat(text: str) -> str:
    return short(text)[5:-6]
