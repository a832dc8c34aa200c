"""Resolution and drawing spread over an engine, for graphs no machine can hold: group-bys on blocking keys, and what `resolve` decides of a group.

Partition by partition and bucket by bucket, in steps; what they leave each other lies in the place. The records are those of `resolve`, the
statements those of `export`: only who works out what is another matter. The program that runs it holds what joins articles (which names share
a spelling, which events are one happening), never their records.

    profiles   partition: what its entities show of themselves      -> names that are spelled in more than one way
    scatter    partition: its profiles to the bucket of their names
    identify   bucket:    which of its profiles are one              -> an identity for each, back to its partition
    entities   partition: its entities under their ids in the graph, equal ones counted, to the bucket of the id
    join       bucket:    one entity of all                          -> records/entities-*, nquads/, turtle/
    groups     partition: its events in groups, to the buckets of their keys
    link       bucket:    which groups are one happening             -> the pairs
    draw       partition: its records with all of that               -> records/*, nquads/*, turtle/*

What a step told of a partition or a bucket is kept until all is done, so that a run that is killed goes on from there: its files were whole before.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from kgbuild.cluster.engine import Engine
from kgbuild.cluster.partitions import counts_of, pack_found, unpack_found
from kgbuild.cluster.place import Place
from kgbuild.cluster.shuffle import Buckets, lines, take
from kgbuild.config import Config
from kgbuild.errors import KgbuildError
from kgbuild.export import article_turtle, shared_turtle
from kgbuild.export.nquads import article_quads, shared_quads
from kgbuild.export.triples import clusters_of, extractors_of
from kgbuild.ids import cluster_id
from kgbuild.records import Entity, Event, Record, Skipped, from_json, record_order, to_json
from kgbuild.resolve import Identity
from kgbuild.resolve.article import Article, articles_of
from kgbuild.resolve.happenings import Group, Who, block_keys, groups_of, links
from kgbuild.resolve.index import Index, keys_of, profile_of, profile_text
from kgbuild.resolve.join import whole_entity
from kgbuild.resolve.rewrite import entity_with

__all__ = ["BUCKETS", "Result", "spread"]

BUCKETS = 16
"""Buckets of a group-by: as many as workers, at least, and so many that one fits into memory."""

Number = tuple[str, int]
"""A group of events: its article, and which of the article's."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it: receipts of the files with records and of those with statements, counts of records by kind, what was left out."""

    receipts: list[dict[str, Any]]
    counts: dict[str, int]
    skipped: list[Skipped]


@dataclass(frozen=True, slots=True)
class _Job:
    """What every step needs to know."""

    url: str
    key: str
    config: Config
    buckets: int
    files: tuple[str, ...]
    """The partitions of what the language step gave, by number."""


def spread(engine: Engine, url: str, key: str, config: Config, files: Iterable[str], buckets: int = BUCKETS) -> Result:
    """Resolve and draw the partitions `files` (under annotated/ in a place) of articles; `key` names what they are made of.

    Goes on from what an earlier run of the same has done. Raises KgbuildError when a partition is gone.
    """
    job = _Job(url, key, config, buckets, tuple(files))
    place = Place(url)
    name = hashlib.sha256(json.dumps([key, config.base, buckets, *job.files]).encode()).hexdigest().encode()
    if place.read(_MARK) != name:  # of another run, perhaps of other partitions
        _clear(place)
        place.write(_MARK, name)
    parts, all_buckets = range(len(job.files)), range(buckets)

    def each(step: type[_Step], items: Iterable[int], given: Any = None) -> Iterator[tuple[int, Any]]:
        make: Any = partial(step, job, given)
        done = set(place.names(step.told_in))
        rest: list[int] = []
        for item in items:
            told = place.read(f"{step.told_in}/{item}.json") if f"{item}.json" in done else None
            if told is None:
                rest.append(item)
            else:
                yield item, json.loads(told)
        yield from ((rest[n], told) for n, told in engine.each(make, rest))

    names = _Sets()
    for _, several in each(_Profiles, parts):
        for group in several:
            for other in group[1:]:
                names.join(group[0], other)
    lines(place, "shuffle/spellings/all/all", (json.dumps(pair, ensure_ascii=False) for pair in names.pairs()))
    _all(each(_Scatter, parts))
    _all(each(_Identify, all_buckets))
    _all(each(_Entities, parts))
    states: dict[str, str] = {}
    receipts: list[dict[str, Any]] = []
    extractors: set[str] = set()
    for _, (made, lands, told) in each(_Join, all_buckets):
        receipts += made
        extractors.update(told)
        for land, state in lands:  # of several, the last by id, as in `cluster_events`
            states[land] = max(state, states.get(land, state))
    _all(each(_Groups, parts, states))
    _write_clusters(place, each(_Link, all_buckets, states))
    skipped: list[Skipped] = []
    for _, (made, told, lost) in each(_Draw, parts):
        receipts += made
        extractors.update(told)
        skipped += [Skipped(*some) for some in lost]
    for form, content in (
        ("nquads/extractors.nq", shared_quads((), (), extractors, config)),
        ("turtle/extractors.ttl", shared_turtle((), (), extractors, config)),
    ):
        receipts.append(place.finish(form, content, {"key": key}))
    _clear(place)
    counts: Counter[str] = Counter()
    for receipt in receipts:
        counts.update(receipt.get("counts", {}))
    return Result(sorted(receipts, key=lambda r: str(r["file"])), dict(sorted(counts.items())), skipped)


_MARK = "shuffle/of"
"""Names what is being resolved: what lies in shuffle/ is of it."""


def _clear(place: Place) -> None:
    place.write(_MARK, b"")  # first: a folder half taken away is nobody's
    place.remove("shuffle")


def _all(results: Iterable[Any]) -> None:
    for _ in results:
        pass


def _write_clusters(place: Place, linked: Iterable[tuple[int, Any]]) -> None:
    """Give every partition the clusters of those of its events that are of groups of several articles."""
    groups = _Sets()
    told: dict[Number, tuple[int, str, list[str]]] = {}
    for _, (pairs, some) in linked:
        for (a, i), (b, j) in pairs:
            groups.join((a, i), (b, j))
        told.update(((home, n), (part, kind, events)) for home, n, part, kind, events in some)
    members: dict[Any, list[Number]] = defaultdict(list)
    for number in sorted(told):
        members[groups.find(number)].append(number)
    found: dict[int, list[str]] = defaultdict(list)
    for numbers in members.values():
        cluster = cluster_id(told[numbers[0]][1], sorted(e for n in numbers for e in told[n][2]))
        for n in numbers:
            found[told[n][0]].append(json.dumps([cluster, n == numbers[0], told[n][2]]))
    for part, some in found.items():
        lines(place, f"shuffle/clusters/{part}/all", some)


class _Sets:
    """Disjoint sets; each goes by its least member."""

    def __init__(self) -> None:
        self._parent: dict[Any, Any] = {}

    def find(self, x: Any) -> Any:
        root = x
        while (above := self._parent.get(root, root)) != root:
            root = above
        while (above := self._parent.get(x, x)) != root:
            self._parent[x], x = root, above
        return root

    def join(self, a: Any, b: Any) -> None:
        low, high = sorted((self.find(a), self.find(b)))
        if low != high:
            self._parent[high] = low

    def pairs(self) -> Iterator[tuple[Any, Any]]:
        """(member, least member) of all that is not its own."""
        for x in sorted(self._parent):
            yield x, self.find(x)


class _Step:
    """What the works below have in common; `do` does one partition or bucket and gives what is to be told of it, as JSON has it."""

    told_in: str

    def __init_subclass__(cls) -> None:
        cls.told_in = f"shuffle/told/{cls.__name__.strip('_').lower()}"

    def __init__(self, job: _Job, given: Any = None) -> None:
        self.job, self.given = job, given
        self.place = Place(job.url)
        self._known: tuple[int, dict[str, Identity]] = (-1, {})

    def __call__(self, item: int, /) -> Any:
        """Do it, and then keep what is told."""
        told = self.do(item)
        self.place.write(f"{self.told_in}/{item}.json", json.dumps(told).encode())
        return told

    def do(self, item: int, /) -> Any:
        """What is told of it."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is held."""

    def articles(self, part: int) -> dict[str | None, Article]:
        """The articles of a partition, and under None what is of no article."""
        file = f"annotated/{self.job.files[part]}.parquet"
        content = self.place.read(file)
        if content is None:
            raise KgbuildError(f"{self.job.url}/{file} is gone: run it again")
        return articles_of(r for _, found in unpack_found(content) if not isinstance(found, Skipped) for r in found)

    def identities(self, part: int) -> dict[str, Identity]:
        """What was decided of the entities of a partition's articles."""
        if self._known[0] != part:
            self._known = part, {name: Identity(*found) for name, *found in take(self.place, "identities", part)}
        return self._known[1]

    def entity_of(self, part: int) -> Callable[[str], str]:
        """Id in an article of a partition -> id in the graph."""
        known = self.identities(part)
        return lambda name: known[name].entity if name in known else name


class _Profiles(_Step):
    def do(self, part: int, /) -> list[list[str]]:
        several: set[tuple[str, ...]] = set()
        found: dict[str, None] = {}
        for article in self.articles(part).values():
            for profile in article.profiles():
                keys = _names(keys_of(profile))
                if keys:
                    found[profile_text(profile)] = None
                if len(keys) > 1:
                    several.add(tuple(keys))
        lines(self.place, f"shuffle/profiles/{part}/all", (json.dumps(p, ensure_ascii=False) for p in found))
        return [list(s) for s in sorted(several)]


def _names(keys: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{group}\t{text}" for group, text in keys]


class _Scatter(_Step):
    def do(self, part: int, /) -> None:
        least = dict(take(self.place, "spellings", "all"))
        out = Buckets("names", str(part), self.job.buckets)
        for text in take(self.place, "profiles", part):
            first = _names(keys_of(profile_of(text)))[0]
            out.put(least.get(first, first), [part, text])
        out.write(self.place)


class _Identify(_Step):
    def do(self, bucket: int, /) -> None:
        homes: dict[str, int] = {}
        index = Index()
        for part, text in take(self.place, "names", bucket):
            profile = profile_of(text)
            index.add([profile])
            if not profile.linked:
                homes[profile.id] = part
        found: dict[int, list[str]] = defaultdict(list)
        for name, i in sorted(index.identities().items()):
            found[homes[name]].append(json.dumps([name, i.entity, i.rule, i.reason], ensure_ascii=False))
        for part, some in found.items():
            lines(self.place, f"shuffle/identities/{part}/{bucket}", some)


class _Entities(_Step):
    def do(self, part: int, /) -> None:
        name = self.entity_of(part)
        found: Counter[tuple[str, str, str]] = Counter()
        for article in self.articles(part).values():
            for own, group in article.entities.items():
                for record in group:
                    # how entities are joined goes by what they say, never by the article: equal ones are only counted
                    new = entity_with(record, name)
                    found[name(own), own, to_json(_without_home(new))] += 1
        out = Buckets("entities", str(part), self.job.buckets)
        for (entity, own, text), n in found.items():
            out.put(entity, [entity, own, n, text])
        out.write(self.place)


def _without_home(entity: Entity) -> Entity:
    return replace(entity, document=None)


class _Join(_Step):
    def do(self, bucket: int, /) -> tuple[list[dict[str, Any]], list[tuple[str, str]], list[str]]:
        members: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
        for entity, own, n, text in take(self.place, "entities", bucket):
            members[entity][own, text] += n
        made: list[Entity] = []
        table: list[str] = []
        for entity, found in sorted(members.items()):
            given = [(own, _entity(text), n) for (own, text), n in sorted(found.items())]
            whole = whole_entity(entity, given, lambda _, entity=entity: entity)  # type: ignore[misc]  # bound at once
            made.append(whole)
            table.append(json.dumps([entity, len({own for own, _ in found}), to_json(whole)], ensure_ascii=False))
        lines(self.place, f"shuffle/table/all/{bucket:05}", table)
        name = f"entities-{bucket:05}"
        receipts = _files(self, name, [("", [*made])], (), (), counts_of(made)) if made else []
        return receipts, [(e.territory, e.id) for e in made if e.territory], sorted(extractors_of(made))


def _entity(text: str) -> Entity:
    record = from_json(text)
    assert isinstance(record, Entity), "a line of entities holds one"
    return record


class _Known(_Step):
    """A step that looks entities of the whole graph up; they are read when the first one is asked for."""

    _table: dict[str, tuple[int, str]] | None = None

    def table(self) -> dict[str, tuple[int, str]]:
        """Entity -> how many ids in articles are it, its record as JSON."""
        if self._table is None:
            self._table = {entity: (n, text) for entity, n, text in take(self.place, "table", "all")}
        return self._table

    def who(self) -> Who:
        """The entities as `resolve.happenings` asks for them."""
        return Who(_Entities_(self.table()), self.given)


class _Entities_:
    """Reads an entity when it is asked for, and keeps it."""

    def __init__(self, table: Mapping[str, tuple[int, str]]) -> None:
        self._table = table
        self._read: dict[str, Entity] = {}

    def get(self, name: str, /) -> Entity | None:
        found = self._read.get(name)
        if found is None and name in self._table:
            found = self._read[name] = _entity(self._table[name][1])
        return found


class _Groups(_Known):
    def do(self, part: int, /) -> None:
        name = self.entity_of(part)
        who = self.who()
        out = Buckets("blocks", str(part), self.job.buckets)
        own: list[str] = []
        for home, article in sorted(
            ((h, a) for h, a in self.articles(part).items() if h is not None), key=lambda a: a[0]
        ):
            _, events, _ = article.records(name)
            for n, group in enumerate(groups_of(sorted(events, key=record_order), who, article.document)):
                first = min(group.events, key=lambda e: e.id)
                own.append(json.dumps([first.type, sorted(e.id for e in group.events)]))
                keys = list(block_keys(group, who))
                if keys:
                    text = _group_text(group)
                    for key in keys:
                        block = "\t".join(key)
                        out.put(block, [block, home, n, part, text])
        out.write(self.place)
        lines(self.place, f"shuffle/groups/{part}/all", own)


def _group_text(group: Group) -> list[Any]:
    return [
        [to_json(e) for e in group.events], sorted(group.agents), sorted(group.objects), sorted(group.places),
        group.earliest, group.latest, group.published,
    ]  # fmt: skip


def _group(text: list[Any]) -> Group:
    events = [e for line in text[0] if isinstance(e := from_json(line), Event)]
    return Group(events, set(text[1]), set(text[2]), set(text[3]), *text[4:])


class _Link(_Known):
    def do(self, bucket: int, /) -> tuple[list[tuple[Number, Number]], list[tuple[str, int, int, str, list[str]]]]:
        who = self.who()
        blocks: dict[str, list[tuple[Number, int, Any]]] = defaultdict(list)
        for block, home, n, part, text in take(self.place, "blocks", bucket):
            blocks[block].append(((home, n), part, text))
        pairs: list[tuple[Number, Number]] = []
        told: dict[Number, tuple[str, int, int, str, list[str]]] = {}
        for members in blocks.values():
            if len(members) < 2:
                continue
            groups = {number: _group(text) for number, _, text in members}
            homes = {number: part for number, part, _ in members}
            for pair in links(groups.items(), who):
                pairs.append(pair)
                for number in pair:
                    events = sorted(groups[number].events, key=lambda e: e.id)
                    told[number] = (*number, homes[number], events[0].type, [e.id for e in events])
        return pairs, list(told.values())


class _Draw(_Known):
    def do(self, part: int, /) -> tuple[list[dict[str, Any]], list[str], list[tuple[str, str]]]:
        name, identities, table = self.entity_of(part), self.identities(part), self.table()
        cluster_of: dict[str, str] = {}
        linked: set[str] = set()
        told_here: set[str] = set()  # a cluster of several articles is stated where its first group is
        for cluster, first, events in take(self.place, "clusters", part):
            cluster_of.update(dict.fromkeys(events, cluster))
            linked.add(cluster)
            if first:
                told_here.add(cluster)
        for kind, events in take(self.place, "groups", part):
            if events[0] not in cluster_of:
                cluster_of.update(dict.fromkeys(events, cluster_id(kind, events)))

        def why(own: str) -> tuple[str, str, str] | None:
            i = identities.get(own)
            several = i is not None and i.rule and i.entity in table and table[i.entity][0] > 1
            return (i.entity, i.rule, i.reason) if i is not None and several else None

        skipped: list[tuple[str, str]] = []
        articles: list[tuple[str, list[Record]]] = []
        for home, article in sorted(
            ((h, a) for h, a in self.articles(part).items() if h is not None), key=lambda a: a[0]
        ):
            kept, events, lost = article.records(name)
            skipped += [(s.source, s.reason) for s in lost]
            clustered = [replace(e, cluster=cluster_of[e.id]) for e in events]
            articles.append((home, sorted([*kept, *clustered, *article.merges(why)], key=record_order)))
        records = [r for _, some in articles for r in some]
        clusters = clusters_of(records) - (linked - told_here)
        extractors = extractors_of(records)
        return _files(self, f"{part:05}", articles, clusters, (), counts_of(records)), sorted(extractors), skipped


def _files(
    step: _Step, name: str, articles: list[tuple[str, list[Record]]], clusters: Iterable[str], extractors: Iterable[str],
    counts: Mapping[str, int],
) -> list[dict[str, Any]]:  # fmt: skip
    """Write some articles' records, or under "" entities, as Parquet, N-Quads and Turtle; the receipts."""
    config, facts = step.job.config, {"key": step.job.key}
    entities = [r for home, some in articles if not home for r in some]
    shared = (entities, sorted(clusters), extractors, config)
    quads = [article_quads(home, some, config) for home, some in articles if home] + [shared_quads(*shared)]
    turtle = [shared_turtle(*shared)] + [article_turtle(home, some, config) for home, some in articles if home]
    return [
        step.place.finish(
            f"records/{name}.parquet", pack_found((home, some) for home, some in articles), {**facts, "counts": counts}
        ),
        step.place.finish(f"nquads/{name}.nq", b"".join(quads), facts),
        step.place.finish(f"turtle/{name}.ttl", b"".join(turtle), facts),
    ]
