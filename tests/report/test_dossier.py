"""Dossiers: everything the records hold about one or between two, in words of the text, escaped, the same bytes every time."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from made_records import HOSTILE, entity, hostile_records, made_records, shuffled
from made_stances import changed

from kgbuild.errors import UsageError
from kgbuild.graph import collect
from kgbuild.records import Document, Record
from kgbuild.report import dossier, find
from kgbuild.report.portrait import Portrait

NORLAND = "Norland"


def read(records: list[Record], *names: str) -> Any:
    return html.fromstring(dossier(records, names).decode())


def texts(page: Any, path: str) -> list[str]:
    return ["".join(e.itertext()) for e in page.xpath(path)]


def test_everything_of_an_actor_is_there_and_each_sentence_is_the_articles() -> None:
    records = made_records()
    i = find(records, NORLAND)
    page = read(records, NORLAND)
    sentences = texts(page, "//blockquote")
    whole = [r.text for r in records if isinstance(r, Document)]
    assert sentences and all(any(s in text for text in whole) for s in sentences)
    for e in collect(records):
        document = next(r for r in records if isinstance(r, Document) and r.id == e.document)
        mine = i in {
            x
            for r, x in e.roles
            if r in ("agent", "recipient", "theme", "holder", "target", "source", "about", "addressee")
        }
        if mine:
            assert document.text[e.sentence.begin : e.sentence.end] in sentences, e.record


def test_marks_are_the_words_of_the_record() -> None:
    page = read(made_records(), NORLAND, "League")
    (block,) = set(page.xpath("//section[@id='back']//blockquote"))
    marked = "".join("".join(m.itertext()) for m in block.xpath(".//mark"))
    assert marked == "The League condemned Norland"
    assert ["".join(m.itertext()) for m in block.xpath(".//mark[@class='cue']")] == ["condemned"]
    assert "".join(block.itertext()) == "The League condemned Norland and promised aid to Sudmark."


def test_a_pair_shows_what_is_between_the_two_and_nothing_else() -> None:
    records = made_records()
    of = Portrait(records, ("Norland", "Sudmark"))
    a, b = of.ids
    for item in of.deeds:
        assert {a, b} <= {x for _, x in item.first.roles}
    assert [i.first.type for i in of.deeds] == ["Assault"]
    assert set(Portrait(records, ("Sudmark", "Norland")).stances) == set(of.stances)
    assert all({h, t} == {a, b} for h, t in of.stances)


def test_contradictions_stand_side_by_side() -> None:
    page = read(made_records(), NORLAND)
    (two,) = page.xpath("//section[@id='contradictions']//div[@class='two']")
    yes, no = two.xpath("./div")
    assert "Sudmark army spokesman" in "".join(yes.itertext()) and "Norland defence ministry" in "".join(no.itertext())
    assert "Norland shelled the port" in "".join(yes.itertext()) and "denied that its forces" in "".join(no.itertext())


def test_a_happening_that_is_told_twice_is_one() -> None:
    of = Portrait(made_records(), (NORLAND,))
    shelled = [i for i in of.deeds if i.first.type == "Assault"]
    assert len(shelled) == 1 and len(shelled[0].evidence) == 2 and shelled[0].first.status == "Disputed"


def test_stances_over_time_are_drawn_where_there_is_more_than_one_day() -> None:
    page = read(changed(), "Ruun", "Pell")
    (line,) = page.xpath("//*[local-name()='svg' and contains(@class, 'course')]")
    classes = [p.get("class") for p in line.xpath(".//*[local-name()='polygon']")]
    assert {"for", "against"} <= set(classes)
    of = Portrait(changed(), ("Ruun", "Pell"))
    assert len(classes) == sum(len(v) for v in of.stances.values())


@pytest.mark.parametrize("names", [(NORLAND,), (NORLAND, "League"), ("Eastquay",), ("Mara Lind",)])
def test_the_same_bytes_whatever_the_order(names: tuple[str, ...]) -> None:
    assert dossier(made_records(), names) == dossier(shuffled(made_records()), names)


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    text = dossier(made_records(), (NORLAND,)).decode()
    page = html.fromstring(text)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy
    assert not page.xpath(
        "//script | //img | //link | //iframe | //object | //*[@style] | //@*[starts-with(name(), 'on')]"
    )
    assert "url(" not in style and "@import" not in style
    assert all(h.startswith(("#", "https://", "http://")) for h in page.xpath("//a/@href"))
    # Every link inside the page has its section.
    assert {h[1:] for h in page.xpath("//nav//a/@href")} == set(page.xpath("//section/@id"))


@pytest.mark.parametrize(
    "name", [HOSTILE, HOSTILE + "\x00\x1b\ud800", "x" * 10_000], ids=["markup", "controls", "long"]
)
def test_hostile_text_is_text(name: str) -> None:
    records = hostile_records(name)
    text = dossier(records, ("actor/enemy-x0000000000",)).decode("utf-8")
    page = html.fromstring(text)
    assert not page.xpath("//script | //img | //@*[starts-with(name(), 'on')]")
    assert not [h for h in page.xpath("//@href") if "javascript" in h or "script" in h]
    assert "\x00" not in text and "\x1b" not in text
    assert len("".join(page.xpath("//h1//text()"))) <= 161
    assert read(records, "Norland").xpath("//section[@id='stances']")


def test_an_unknown_name_is_one_line_with_near_names() -> None:
    with pytest.raises(UsageError, match=r"nobody called 'Norlund' in this graph; near: Norland"):
        dossier(made_records(), ("Norlund",))
    with pytest.raises(UsageError, match="near: Jon Halvorsen"):
        find(made_records(), "halvorsen")
    with pytest.raises(UsageError, match="nothing is near it"):
        find(made_records(), "Qqqqqqq")
    with pytest.raises(UsageError, match="nothing is near it"):
        find([], "")


def test_ambiguous_repeated_and_missing_names() -> None:
    records = [*made_records(), entity("Person", "League", "Q9"), entity("Person", "League", "Q8")]
    with pytest.raises(UsageError, match="several have the name 'League': actor/league-q8, actor/league-q9"):
        find(records, "League")
    with pytest.raises(UsageError, match="both names are Norland"):
        dossier(made_records(), ("Norland", "norlanders"))
    for names in ((), ("Norland", "League", "Sudmark")):
        with pytest.raises(UsageError, match="one name or two"):
            dossier(made_records(), names)


def test_a_name_is_an_actors_before_a_places_and_an_id_is_itself() -> None:
    records = made_records()
    assert find(records, "norland").startswith("actor/") and find(records, "NORLANDERS").startswith("actor/")
    assert find(records, find(records, "Eastquay")).startswith("place/")


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_it_fits_and_stays_quiet_in_a_browser(scheme: str, width: int, tmp_path: Path) -> None:
    api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium")
    path = tmp_path / "dossier.html"
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for records, names in (
            (made_records(), (NORLAND,)),
            (changed(), ("Ruun", "Pell")),
            (hostile_records("W" * 3000 + HOSTILE), ("actor/enemy-x0000000000",)),
        ):
            path.write_bytes(dossier(records, names))
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            said: list[str] = []
            asked: list[str] = []
            page.on("console", lambda m, said=said: said.append(m.text))
            page.on("dialog", lambda d, said=said: said.append(d.message))
            page.on("request", lambda r, asked=asked: asked.append(r.url))
            page.goto(path.as_uri())
            assert (said, asked) == ([], [path.as_uri()])
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.close()
        browser.close()
