"""The shipped entity base: spot facts, readings of ambiguous names, metonyms, demonyms, offices, hostile text, speed."""

from __future__ import annotations

import json
import lzma
import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgbuild.errors import InputError
from kgbuild.knowledge import Base
from kgbuild.knowledge.base import PACKAGED
from kgbuild.knowledge.schema import KINDS, TIERS, TYPES


@pytest.fixture(scope="module")
def base() -> Iterator[Base]:
    with Base.open() as opened:
        yield opened


UN_MEMBERS = (
    "AF AL DZ AD AO AG AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI CV KH CM CA CF TD CL CN CO KM CG "
    "CD CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE SZ ET FJ FI FR GA GM GE DE GH GR GD GT GN GW GY HT HN HU IS IN ID "
    "IR IQ IE IL IT JM JP JO KZ KE KI KP KR KW KG LA LV LB LS LR LY LI LT LU MG MW MY MV ML MT MH MR MU MX FM MD MC MN ME "
    "MA MZ MM NA NR NP NL NZ NI NE NG MK NO OM PK PW PA PG PY PE PH PL PT QA RO RU RW KN LC VC WS SM ST SA SN RS SC SL SG "
    "SK SI SB SO ZA SS ES LK SD SR SE CH SY TJ TZ TH TL TG TO TT TN TR TM TV UG UA AE GB US UY UZ VU VE VN YE ZM ZW"
)


@pytest.mark.parametrize("iso2", UN_MEMBERS.split())
def test_every_member_of_the_united_nations_is_found_by_its_own_name(base: Base, iso2: str) -> None:
    entry = base.country(iso2)
    assert entry is not None
    assert entry.qid and entry.type == "country" and entry.country == iso2 and entry.lat is not None
    best = base.best(entry.name)
    assert best is not None and best.id == entry.id


@pytest.mark.parametrize(
    ("surface", "qid", "name", "type_"),
    [
        ("Russia", "Q159", "Russia", "country"),
        ("Russian Federation", "Q159", "Russia", "country"),
        ("Ukraine", "Q212", "Ukraine", "country"),
        ("United States", "Q30", "United States", "country"),
        ("US", "Q30", "United States", "country"),
        ("U.S.", "Q30", "United States", "country"),
        ("U.S", "Q30", "United States", "country"),
        ("USA", "Q30", "United States", "country"),
        ("America", "Q30", "United States", "country"),
        ("the UK", "Q145", "United Kingdom", "country"),
        ("Britain", "Q145", "United Kingdom", "country"),
        ("UAE", "Q878", "United Arab Emirates", "country"),
        ("DRC", "Q974", "Democratic Republic of the Congo", "country"),
        ("Ivory Coast", "Q1008", "Ivory Coast", "country"),
        ("Burma", "Q836", "Myanmar", "country"),
        ("Czech Republic", "Q213", "Czechia", "country"),
        ("Türkiye", "Q43", "Turkey", "country"),
        ("the Netherlands", "Q55", "Netherlands", "country"),
        ("Denmark", "Q35", "Denmark", "country"),
        ("NATO", "Q7184", "NATO", "igo"),
        ("Nato", "Q7184", "NATO", "igo"),
        ("UN", "Q1065", "United Nations", "igo"),
        ("United Nations", "Q1065", "United Nations", "igo"),
        ("European Union", "Q458", "European Union", "igo"),
        ("EU", "Q458", "European Union", "igo"),
        ("IAEA", "Q41984", "International Atomic Energy Agency", "igo"),
        ("Vladimir Putin", "Q7747", "Vladimir Putin", "person"),
        ("Joe Biden", "Q6279", "Joe Biden", "person"),
        ("Volodymyr Zelensky", "Q3874799", "Volodymyr Zelenskyy", "person"),
        ("Kyiv", "Q1899", "Kyiv", "city"),
        ("Kiev", "Q1899", "Kyiv", "city"),
        ("Kharkov", "Q42308", "Kharkiv", "city"),
        ("Pentagon", "Q11209", "United States Department of Defense", "ministry"),
        ("Defense Department", "Q11209", "United States Department of Defense", "ministry"),
        ("ISIS", "Q2429253", "Islamic State", "armed_group"),
        ("ISIL", "Q2429253", "Islamic State", "armed_group"),
        ("Da'esh", "Q2429253", "Islamic State", "armed_group"),
        ("the Islamic State", "Q2429253", "Islamic State", "armed_group"),
        ("Hezbollah", "Q41053", "Hezbollah", "armed_group"),
        ("Taliban", "Q42418", "Taliban", "armed_group"),
        ("Europe", "Q46", "Europe", "geo"),
        ("the Middle East", "Q7204", "Middle East", "geo"),
        ("the West", "Q160381", "Western world", "geo"),
    ],
)
def test_spot_facts(base: Base, surface: str, qid: str, name: str, type_: str) -> None:
    best = base.best(surface)
    assert best is not None
    assert (best.qid, best.name, best.type) == (qid, name, type_)


@pytest.mark.parametrize(
    ("surface", "lat", "lon"),
    [
        ("Kyiv", 50.45, 30.52),
        ("Mariupol", 47.10, 37.55),
        ("Mosul", 36.34, 43.13),
        ("Aleppo", 36.20, 37.16),
        ("Raqqa", 35.95, 39.01),
        ("Kharkiv", 49.99, 36.23),
        ("Fallujah", 33.35, 43.78),
        ("Washington", 38.90, -77.04),
        ("Gaza Strip", 31.4, 34.4),
        ("Texas", 31.5, -98.5),
        ("California", 37.2, -119.7),
        ("Hawaii", 20.8, -157.4),
        ("Europe", 48.7, 9.1),
        ("Danube", 45.5, 20.0),
        ("Kent", 51.2, 0.7),
        ("Crimea", 45.3, 34.4),
    ],
)
def test_places_lie_where_they_are(base: Base, surface: str, lat: float, lon: float) -> None:
    best = base.best(surface)
    assert best is not None and best.entry.lat is not None and best.entry.lon is not None
    wide = 2.5 if best.type == "region" else 0.3
    assert abs(best.entry.lat - lat) < wide and abs(best.entry.lon - lon) < wide


@pytest.mark.parametrize(
    ("surface", "first", "also"),
    [
        ("Georgia", "Q230", "Q1428"),
        ("Washington", "Q61", "Q1223"),
        ("Paris", "Q90", "Q830149"),
        ("Odessa", "Q1874", "Q128361"),
    ],
)
def test_a_state_or_great_city_comes_before_its_namesakes(base: Base, surface: str, first: str, also: str) -> None:
    found = [c.id for c in base.candidates(surface)]
    assert found[0] == first
    assert also in found


def test_states_outrank_everyone_surnamed_like_them(base: Base) -> None:
    for surface in ("Jordan", "Chad", "Israel", "France", "Ireland", "India"):
        found = base.candidates(surface)
        assert found[0].type == "country"
        assert all(c.prior < 0.5 * found[0].prior for c in found if c.kind == "surname")


def test_bare_surnames_are_marked_and_weighed_down(base: Base) -> None:
    putin = base.candidates("Putin")
    assert putin[0].qid == "Q7747" and putin[0].kind == "surname" and putin[0].prior < 0.5
    assert base.best("Putin") is None
    assert len(base.candidates("Smith")) <= 12 + 5


@pytest.mark.parametrize("surface", ["us", "Us", "it", "who", "Who", "is", "Is", "turkey", "china", "jordan", "the"])
def test_pronouns_and_common_nouns_are_no_acronyms_or_states(base: Base, surface: str) -> None:
    assert not any(c.type in ("country", "igo", "armed_group") for c in base.candidates(surface))


def test_capitals_and_possessives_make_no_difference_to_names(base: Base) -> None:
    for surface in ("RUSSIA", "Russia's", "Russia’s", " Russia ", "russia "):
        found = [c.id for c in base.candidates(surface)]
        assert (found[:1] == ["Q159"]) is not surface.strip().islower()


def test_common_words_are_flagged(base: Base) -> None:
    assert all(c.common for c in base.candidates("Nice") if c.type == "city")
    assert not any(c.common for c in base.candidates("Moscow"))
    assert not any(c.common for c in base.candidates("US"))


# --- metonyms, capitals, demonyms


@pytest.mark.parametrize(
    ("surface", "state", "target", "city"),
    [
        ("Kremlin", "Q159", None, False),
        ("the Kremlin", "Q159", None, False),
        ("Moscow", "Q159", None, True),
        ("Kyiv", "Q212", None, True),
        ("Kiev", "Q212", None, True),
        ("Pyongyang", "Q423", None, True),
        ("Beijing", "Q148", None, True),
        ("Washington", "Q30", "Q48525", True),
        ("the White House", "Q30", "Q1355327", False),
        ("the Pentagon", "Q30", "Q11209", False),
        ("Downing Street", "Q145", "Q6063", False),
        ("Brussels", "Q31", "Q458", True),
        ("Ouagadougou", "Q965", None, True),
        ("Canberra", "Q408", None, True),
    ],
)
def test_metonyms(base: Base, surface: str, state: str, target: str | None, city: bool) -> None:
    found = base.metonym(surface)
    assert found is not None and found.state is not None
    assert found.state.qid == state
    assert (found.city is not None) is city
    if target is not None:
        assert found.target is not None and found.target.qid == target


@pytest.mark.parametrize("surface", ["Mariupol", "Texas", "Russia", "moscow", "the bloc", "Putin", ""])
def test_other_names_are_no_metonyms(base: Base, surface: str) -> None:
    assert base.metonym(surface) is None


def test_nearly_all_states_have_their_capital(base: Base) -> None:
    without = []
    connection = sqlite3.connect(f"file:{PACKAGED}?mode=ro", uri=True)
    known = {row[0] for row in connection.execute("SELECT iso2 FROM capital")}
    connection.close()
    for iso2 in UN_MEMBERS.split():
        if iso2 not in known:
            without.append(iso2)
    assert len(without) <= 3, without
    kyiv = base.best("Kyiv")
    assert kyiv is not None
    assert base.capital_of(kyiv.entry) == base.country("UA")


@pytest.mark.parametrize(
    ("surface", "name", "form"),
    [
        ("Russian", "Russia", "adjective"),
        ("Russians", "Russia", "people"),
        ("British", "United Kingdom", "adjective"),
        ("Briton", "United Kingdom", "person"),
        ("Britons", "United Kingdom", "people"),
        ("Americans", "United States", "people"),
        ("Ukrainians", "Ukraine", "people"),
        ("Iraqi", "Iraq", "adjective"),
        ("Turks", "Turkey", "people"),
        ("Irishmen", "Ireland", "people"),
        ("Frenchmen", "France", "people"),
        ("Chinese", "China", "adjective"),
        ("European", "Europe", "adjective"),
        ("Palestinians", "Palestine", "people"),
        ("Georgian", "Georgia", "adjective"),
        ("Saudis", "Saudi Arabia", "people"),
    ],
)
def test_demonyms(base: Base, surface: str, name: str, form: str) -> None:
    found = base.demonym(surface)
    assert found is not None
    assert (found.of.name, found.form) == (name, form)


@pytest.mark.parametrize("surface", ["polish", "Philippines", "Russia", "turkey", "Table"])
def test_other_words_are_no_demonyms(base: Base, surface: str) -> None:
    assert base.demonym(surface) is None


# --- offices


@pytest.mark.parametrize(
    ("role", "country", "day", "name"),
    [
        ("president", "US", date(2022, 3, 24), "Joe Biden"),
        ("President of the United States", "US", date(2016, 10, 17), "Barack Obama"),
        ("president", "RU", date(2022, 3, 1), "Vladimir Putin"),
        ("prime minister", "GB", date(2022, 3, 24), "Boris Johnson"),
        ("prime minister", "IQ", date(2016, 10, 17), "Haider al-Abadi"),
        ("foreign minister", "RU", date(2022, 3, 24), "Sergey Lavrov"),
        ("Minister of Foreign Affairs", "RU", date(2022, 3, 24), "Sergey Lavrov"),
        ("foreign secretary", "GB", date(2022, 4, 1), "Liz Truss"),
        ("secretary of state", "US", date(2022, 3, 24), "Antony Blinken"),
        ("foreign minister", "US", date(2022, 3, 24), "Antony Blinken"),
        ("defence secretary", "GB", date(2022, 3, 24), "Ben Wallace"),
        ("president", "UA", date(2022, 3, 24), "Volodymyr Zelenskyy"),
        ("king", "JO", date(2016, 1, 1), "Abdullah II of Jordan"),
    ],
)
def test_holders_on_a_day(base: Base, role: str, country: str, day: date, name: str) -> None:
    found = base.holder(role, country, day)
    assert found is not None
    assert found.name == name


def test_holders_without_an_answer(base: Base) -> None:
    assert base.holder("president", "US", date(1700, 1, 1)) is None
    assert base.holders("grand vizier", "US") == ()
    assert base.holders("", "") == ()


def test_offices_of_a_person_latest_first(base: Base) -> None:
    terms = base.offices("Q6279")
    assert "President of the United States" in {t.title for t in terms}
    begins = [t.begin for t in terms if t.begin]
    assert begins == sorted(begins, reverse=True)
    assert base.offices("Q0") == base.offices("nobody") == ()


# --- the file itself


def test_counts_by_type(base: Base) -> None:
    counts = base.counts()
    least = {
        "country": 240, "territory": 40, "city": 90_000, "region": 9_000, "geo": 800, "person": 30_000, "office": 1_000,
        "igo": 150, "org": 400, "ministry": 350, "agency": 250, "military": 60, "armed_group": 500, "media": 180,
        "party": 60, "company": 300, "legislature": 40, "court": 20, "government": 20, "university": 700, "sports": 700,
    }  # fmt: skip
    assert {t: n for t, n in least.items() if counts.get(t, 0) < n} == {}


def test_small_places_are_found_by_those_who_ask_for_them(base: Base) -> None:
    nenagh = base.local("Nenagh")
    assert [c.country for c in nenagh] == ["IE"] and base.candidates("Nenagh") == ()
    home = base.region_of(nenagh[0].id)
    assert home is not None and home.name == "Munster"
    assert "Q1439" in [c.id for c in base.local("TX")] and base.local("tx") == ()
    dallas = base.best("Dallas")
    texas = base.region_of(dallas.id) if dallas is not None else None
    assert texas is not None and texas.qid == "Q1439"
    assert base.region_of("Q30") is None and base.region_of("no such id") is None


def test_nearly_every_place_is_on_the_map(base: Base) -> None:
    rows = base._db.execute("SELECT type, count(*), sum(lat IS NOT NULL) FROM entity WHERE type < 4 GROUP BY type")
    assert {TYPES[t]: n for t, n, placed in rows if placed < (0.7 if t < 2 else 0.94) * n} == {}


def test_only_open_records_and_well_formed_ids(base: Base) -> None:
    connection = sqlite3.connect(f"file:{PACKAGED}?mode=ro", uri=True)
    rows = connection.execute(
        "SELECT n, number, local, type, tier, (SELECT text FROM text WHERE n = source) FROM entity"
    ).fetchall()
    connection.close()
    for _, number, local, kind, tier, source in rows:
        assert (number is None) != (local is None)
        assert local is None or not re.match(r"Q\d", local)
        assert TYPES[kind] and TIERS[tier] in ("open", "wd-extract")
        assert "dr5hn" not in source.split("+") and source != "supraverden" and "mledoze" not in source


@pytest.mark.shared
def test_every_wikidata_id_is_in_the_evidence(shared: Path) -> None:
    folder = shared / "data" / "kb"
    with lzma.open(folder / "qid_evidence.json.xz", "rt", encoding="utf-8") as text:
        evidence = json.load(text)
    connection = sqlite3.connect(f"file:{PACKAGED}?mode=ro", uri=True)
    ids = [f"Q{n}" for (n,) in connection.execute("SELECT number FROM entity WHERE number > 0")]
    connection.close()
    assert len(ids) > 45_000
    assert [q for q in ids if not re.fullmatch(r"Q[1-9]\d*", q) or not evidence.get(q, {}).get("src")] == []
    assert not {"Q28606331", "Q5987345", "Q15925436"} & set(ids)


def test_the_file_stays_small() -> None:
    assert PACKAGED.stat().st_size < 18_000_000


# --- bad input


@pytest.mark.parametrize(
    "surface",
    ["'; DROP TABLE entity; --", "x" * 10_000, "\x00", "a\x00b", "", " ", "…", "'s", "\ud800", "%", "\n", "💥" * 50],
)
def test_hostile_surfaces_name_nothing(base: Base, surface: str) -> None:
    assert base.candidates(surface) == ()
    assert base.metonym(surface) is None
    assert base.demonym(surface) is None
    assert base.entry(surface) is None
    assert base.holders(surface, surface) == ()
    assert base.country(surface) is None


@given(st.text(max_size=60))
def test_any_text_gives_ordered_candidates(surface: str) -> None:
    with Base.open() as opened:
        found = opened.candidates(surface)
        assert [c.prior for c in found] == sorted((c.prior for c in found), reverse=True)
        assert all(c.kind in KINDS and 0 < c.prior <= 1 for c in found)


def test_a_missing_or_foreign_file_is_refused_in_one_line(tmp_path: Path) -> None:
    for file in (tmp_path / "none.sqlite", tmp_path, tmp_path / "text.sqlite"):
        if file.suffix == ".sqlite" and file.name.startswith("text"):
            file.write_text("no database", "utf-8")
        with pytest.raises(InputError) as caught:
            Base.open(file)
        assert "\n" not in str(caught.value)
    other = tmp_path / "old.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE meta (name, value)")
        connection.execute("INSERT INTO meta VALUES ('version', '0')")
    with pytest.raises(InputError, match="another version"):
        Base.open(other)


def test_the_base_is_read_only(base: Base) -> None:
    with pytest.raises(sqlite3.OperationalError):
        base._db.execute("DELETE FROM entity")


def test_it_opens_and_looks_up_fast() -> None:
    """The floors are ten times the figures measured, for slow and busy machines."""
    begin = time.perf_counter()
    opened = Base.open()
    assert time.perf_counter() - begin < 0.05
    surfaces = [
        f"{a} {b}" for a in ("New", "Joe", "North", "Al") for b in ("York", "Biden", "Korea", "Qaeda", "Nobody")
    ]
    begin = time.perf_counter()
    for _ in range(50):
        for surface in surfaces:
            opened.candidates(surface)
    assert (time.perf_counter() - begin) / (50 * len(surfaces)) < 0.0005
    opened.close()
