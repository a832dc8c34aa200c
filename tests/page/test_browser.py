from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_records import HOSTILE, hostile_records, made_records

from kgbuild.config import Config
from kgbuild.page import render
from kgbuild.records import Document, Entity, Record

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


class Opened:
    """A page of records in the browser, with all it complained about and all it asked for."""

    def __init__(self, browser: Any, folder: Path, records: list[Record], **context: Any) -> None:
        path = folder / "page.html"
        path.write_text(render(records, Config()), encoding="utf-8")
        self.address = path.as_uri()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | context))
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self.complaints.append(m.text))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("dialog", lambda d: self.complaints.append(f"dialog {d.message}"))
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.goto(self.address)

    def text(self, selector: str) -> list[str]:
        return [str(t) for t in self.page.eval_on_selector_all(selector, "all => all.map(e => e.textContent)")]


@pytest.fixture
def made(browser: Any, tmp_path: Path) -> Iterator[Opened]:
    opened = Opened(browser, tmp_path, made_records())
    yield opened
    assert opened.complaints == []
    assert {r.partition("#")[0] for r in opened.requests} == {opened.address}
    opened.context.close()


EVERYTHING = "against+for+mixed+event+said+tie+firm+open+denied+disputed+actors+places+topics"
SENTENCE = "Sudmark has not recaptured the Amber Islands."


def boxes_overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    return (
        a["x"] < b["x"] + b["width"] - 1 and b["x"] < a["x"] + a["width"] - 1
        and a["y"] < b["y"] + b["height"] - 1 and b["y"] < a["y"] + a["height"] - 1
    )  # fmt: skip


def test_a_click_on_an_edge_shows_its_sentence(made: Opened) -> None:
    spot = made.page.evaluate(
        """() => {
          const path = document.querySelector('.edge.denied .hit');
          const m = path.getPointAtLength(path.getTotalLength() * .8);
          const box = document.querySelector('#drawing').getBoundingClientRect();
          return [box.x + m.x, box.y + m.y];
        }"""
    )
    made.page.mouse.click(*spot)
    assert made.text("#panel-evidence .text") == [SENTENCE]
    assert made.text("#panel-evidence mark:not(.cue)") == ["Sudmark has not ", " the Amber Islands"]
    assert made.text("#panel-evidence mark.cue") == ["recaptured"]
    assert made.text("#panel-evidence .words") == ["denied: did not happen, according to the article"]
    assert "Norland strikes Sudmark port as talks fail" in made.text("#panel-evidence .from")[0]
    assert "edge=" in made.page.url


def test_a_click_on_a_name_shows_all_about_it_and_stays(made: Opened) -> None:
    made.page.locator(".node[aria-label^='Norland, State']").locator(".shape").click()
    made.page.wait_for_timeout(100)
    assert made.text("#panel-evidence h2") == ["Norland"]
    link = made.page.locator("#panel-evidence a", has_text="Wikidata")
    assert link.get_attribute("href") == "https://www.wikidata.org/wiki/Q900000001"
    headings = made.text("#panel-evidence h3")
    assert "Stances toward it (2)" in headings
    made.page.locator("#drawing").focus()
    made.page.keyboard.press("Escape")
    assert made.text("#panel-evidence h2") == ["Choose a name or a link"]


def test_every_sentence_shown_is_the_articles_own(made: Opened) -> None:
    texts = [r.text for r in made_records() if isinstance(r, Document)]
    names = [r.id for r in made_records() if isinstance(r, Entity)]
    seen = set()
    for name in names:
        made.page.goto(f"{made.address}#node={name}")
        for sentence in made.text("#panel-evidence .text"):
            assert any(sentence in t for t in texts), sentence
            seen.add(sentence)
    assert len(seen) > 10


def test_at_first_sight_nothing_said_supposed_or_known_is_drawn(made: Opened) -> None:
    assert made.page.locator(".edge").count() > 5
    assert made.page.locator("#drawing .edge.said, #drawing .edge.tie, #drawing .edge.open").count() == 0
    made.page.locator("#filter-open").check()
    assert made.page.locator("#drawing .edge.open").count() > 2
    dashes = made.page.eval_on_selector("#drawing .edge.open .stroke", "e => getComputedStyle(e).strokeDasharray")
    assert dashes != "none"
    assert (
        made.page.eval_on_selector("#drawing .edge.firm .stroke", "e => getComputedStyle(e).strokeDasharray") == "none"
    )


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
@pytest.mark.parametrize("address", ["", f"#show=all&on={EVERYTHING}"])
def test_no_label_lies_on_another(browser: Any, tmp_path: Path, size: tuple[int, int], address: str) -> None:
    opened = Opened(browser, tmp_path, made_records(), viewport={"width": size[0], "height": size[1]})
    opened.page.goto(opened.address + address)
    labels = [t for t in opened.page.locator("#drawing .name").all() if t.is_visible()]
    boxes = [t.bounding_box() for t in labels]
    assert len(boxes) >= 8
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert not boxes_overlap(a, b)
    stage = opened.page.locator("#stage").bounding_box()
    for a in boxes:
        assert stage["x"] <= a["x"] and a["x"] + a["width"] <= stage["x"] + stage["width"]
    assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    opened.context.close()


def test_the_address_restores_what_was_chosen(made: Opened, browser: Any, tmp_path: Path) -> None:
    made.page.locator("#filter-said").check()
    made.page.locator("#tab-links").click()
    made.page.locator("#panel-links .link", has_text="Deny").first.click()
    address, shown = made.page.url, made.text("#panel-evidence .text")
    assert shown == ["Norland's defence ministry denied that its forces had shelled Eastquay."]
    again = made.context.new_page()
    again.goto(address)
    assert again.eval_on_selector_all("#panel-evidence .text", "a => a.map(e => e.textContent)") == shown
    assert again.locator("#filter-said").is_checked()
    made.page.go_back()
    assert made.text("#panel-evidence h2") == ["Choose a name or a link"]
    assert made.page.locator("#filter-said").is_checked()


def test_search_finds_names_and_sentences(made: Opened) -> None:
    made.page.locator("#search").fill("eastquay")
    found = made.text("#found button")
    assert found[0].startswith("Eastquay")
    assert any("crime" in f for f in found)
    made.page.keyboard.press("Enter")
    assert made.text("#panel-evidence h2") == ["Eastquay"]
    made.page.locator("#search").fill("no such words")
    assert made.text("#found li") == ["Nothing found."]


def test_the_keyboard_is_enough(made: Opened) -> None:
    made.page.locator("#tab-evidence").focus()
    made.page.keyboard.press("ArrowRight")
    made.page.keyboard.press("Tab")
    made.page.keyboard.press("Tab")
    made.page.keyboard.press("Tab")
    made.page.keyboard.press("Enter")
    assert len(made.text("#panel-evidence .text")) >= 1
    assert made.page.evaluate("document.activeElement.tagName") == "H2"
    made.page.locator(".node").first.focus()
    made.page.keyboard.press("Enter")
    assert "node=" in made.page.url


def test_filters_that_leave_nothing_say_so(made: Opened) -> None:
    made.page.goto(made.address + "#on=said")
    assert "No link passes the filters" in made.text("#empty")[0]
    assert made.page.locator("#empty").is_visible()


def test_an_empty_graph_shows_words(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, [])
    assert "no actor, place or topic was found" in opened.text("#empty")[0]
    assert opened.complaints == []
    opened.context.close()


@pytest.mark.parametrize("long", [0, 10_000])
def test_hostile_text_is_shown_as_text(browser: Any, tmp_path: Path, long: int) -> None:
    opened = Opened(browser, tmp_path, hostile_records(long=long))
    opened.page.goto(opened.address + "#node=actor/enemy-x0000000000")
    (source,) = [r.text for r in hostile_records() if isinstance(r, Document)]
    for sentence in opened.text("#panel-evidence .text"):
        assert sentence in source
        assert HOSTILE in sentence
    assert "<script>alert(1)</script>" in opened.text("#panel-evidence h2")[0]
    assert opened.page.locator("script").count() == 2
    assert opened.page.locator("img").count() == 0
    assert opened.page.locator("a[href^='javascript']").count() == 0
    assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert opened.complaints == []
    opened.context.close()


def test_the_policy_stops_a_script_that_got_in(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, made_records())
    opened.page.evaluate(
        "() => { const s = document.createElement('script'); s.text = 'window.hacked = 1'; document.body.append(s); }"
    )
    assert opened.page.evaluate("window.hacked") is None
    opened.context.close()


def test_it_works_inside_a_notebook_frame(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, made_records())
    outer = opened.context.new_page()
    complaints: list[str] = []
    outer.on("pageerror", lambda e: complaints.append(str(e)))
    outer.set_content("<iframe sandbox='allow-scripts' style='width:900px;height:640px'></iframe>")
    outer.eval_on_selector("iframe", "(f, page) => { f.srcdoc = page; }", render(made_records(), Config()))
    frame = outer.frame_locator("iframe")
    frame.locator(".node .shape").first.click()
    assert frame.locator("#panel-evidence article").count() > 0
    assert complaints == []
    opened.context.close()
