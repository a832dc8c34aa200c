from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_records import HOSTILE, hostile_records, made_records

from kgbuild.config import Config
from kgbuild.page import render
from kgbuild.pipeline import open_build
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


VIEWS = ("network", "map", "timeline", "matrix", "quotes", "contradictions", "article")
WHAT = {
    "network": "#drawing .node", "map": "#other .spot", "timeline": "#other .bar", "matrix": "#other .cell",
    "quotes": "#other article", "contradictions": "#other article", "article": "#other mark",
}  # fmt: skip


def show(opened: Opened, view: str) -> None:
    opened.page.locator(f"#view-{view}").click()
    assert opened.page.locator(f"#view-{view}").get_attribute("aria-selected") == "true"


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_shows_something_and_its_address_shows_it_again(made: Opened, view: str) -> None:
    show(made, view)
    assert made.page.locator(WHAT[view]).count() > 0
    again = made.context.new_page()
    again.goto(made.page.url)
    assert again.locator(f"#view-{view}").get_attribute("aria-selected") == "true"
    assert again.locator(WHAT[view]).count() == made.page.locator(WHAT[view]).count()
    assert made.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_is_chosen_in_one_view_stays_chosen_in_the_others(made: Opened) -> None:
    show(made, "map")
    made.page.locator(".spot[aria-label^='Eastquay']").click()
    assert made.text("#panel-evidence h2") == ["Eastquay"]
    show(made, "quotes")
    assert made.text("#panel-evidence h2") == ["Eastquay"]
    for said in made.text("#other article"):
        assert "Eastquay" in said
    show(made, "network")
    assert made.page.locator(".node.chosen[aria-label^='Eastquay']").count() == 1


def test_dates_chosen_on_the_time_line_hold_in_all_views(made: Opened) -> None:
    show(made, "map")
    before = made.page.locator("#other .spot").count()
    show(made, "timeline")
    made.page.locator("#other .bin").first.focus()
    made.page.keyboard.press("Enter")
    assert "from=" in made.page.url and made.page.locator("#filter-from").input_value()
    assert float(made.page.locator(".brush").get_attribute("width") or 0) > 0
    made.page.locator("#filter-from").fill("1999-01-01")
    made.page.locator("#filter-to").fill("1999-12-31")
    show(made, "map")
    assert made.page.locator("#other .spot").count() == 0
    assert "No event that passes the filters" in made.text("#other .empty")[0]
    made.page.locator("#filters button", has_text="Clear").click()
    assert made.page.locator("#other .spot").count() == before


def test_a_drag_over_the_time_line_chooses_dates(made: Opened) -> None:
    show(made, "timeline")
    box = made.page.locator("#other svg").bounding_box()
    assert box is not None
    made.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 50)
    made.page.mouse.down()
    made.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 60, steps=4)
    made.page.mouse.up()
    assert "from=" in made.page.url and "to=" in made.page.url


def test_a_cell_of_the_matrix_opens_its_sentences(made: Opened) -> None:
    show(made, "matrix")
    cell = made.page.locator("#other .cell").first
    label = cell.get_attribute("aria-label") or ""
    cell.click()
    holder, _, target = label.partition(":")[0].partition(" toward ")
    assert made.text("#panel-evidence h2") == [f"{holder} → {target}"]
    assert made.page.locator("#panel-evidence article").count() > 0


def test_an_article_is_shown_whole_and_its_marks_open_what_was_read(made: Opened) -> None:
    show(made, "article")
    texts = [r.text for r in made_records() if isinstance(r, Document)]
    shown = made.page.eval_on_selector("#other .whole", "e => e.textContent")
    assert shown in texts
    made.page.locator("#other mark").first.click()
    assert made.page.locator("#panel-evidence article").count() > 0
    assert made.page.locator("#other mark.chosen").count() > 0
    assert "item=" in made.page.url
    made.page.locator("#article").select_option("1")
    assert made.page.eval_on_selector("#other .whole", "e => e.textContent") in set(texts) - {shown}


def test_both_sides_of_a_contradiction_stand_beside_each_other(made: Opened) -> None:
    show(made, "contradictions")
    sides = made.page.locator("#other .sides").first
    yes, no = (sides.locator("> div").nth(n).bounding_box() for n in (0, 1))
    assert yes and no and not boxes_overlap(yes, no)
    assert sides.locator("> div").nth(0).locator("article").count() > 0


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_can_be_taken_away(made: Opened, view: str, tmp_path: Path) -> None:
    show(made, view)
    for button in made.page.locator("#tools button").all():
        kind = str(button.text_content())
        if kind == "SPARQL":
            button.click()
            assert "SELECT" in made.text("#query pre")[0]
            made.page.locator("#query-close").click()
            continue
        with made.page.expect_download() as waiting:
            button.click()
        content = Path(waiting.value.path()).read_bytes()
        start = {"CSV": b"\xef\xbb\xbf", "SVG": b"<svg", "PNG": b"\x89PNG"}[kind]
        assert content.startswith(start)
        if kind == "CSV":
            assert content.count(b"\r\n") > 1
    kinds = {"CSV", "SPARQL"} | ({"SVG", "PNG"} if view in ("network", "map", "timeline", "matrix") else set())
    assert set(made.text("#tools button")) == kinds


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_barrier(browser: Any, tmp_path: Path, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    opened = Opened(browser, tmp_path, made_records(), color_scheme=scheme, bypass_csp=True)
    for view in VIEWS:
        show(opened, view)
        found = axe.run(opened.page).response["violations"]
        serious = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], view
    opened.context.close()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("width", [1440, 390])
def test_hostile_text_is_text_in_every_view(browser: Any, tmp_path: Path, view: str, width: int) -> None:
    opened = Opened(browser, tmp_path, hostile_records(long=10_000), viewport={"width": width, "height": 844})
    show(opened, view)
    assert opened.page.locator("script").count() == 2
    assert opened.page.locator("img").count() == 0
    assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert opened.complaints == []
    opened.context.close()


def test_a_newcomer_finds_kyiv_and_who_opposes_russia(browser: Any, tmp_path: Path) -> None:
    build = open_build(Path(__file__).resolve().parents[2] / "output")
    opened = Opened(browser, tmp_path, list(build.records))
    opened.page.locator("#search").fill("Kyiv")
    assert opened.text("#found button")[0].startswith("Kyiv")
    opened.page.locator("#search").fill("Russia")
    opened.page.keyboard.press("Enter")
    headings = opened.text("#panel-evidence h3")
    assert headings[0].startswith("Stances toward it")
    first = opened.page.locator("#panel-evidence article").first
    assert "against" in str(first.locator(".chips").text_content())
    sentence = str(first.locator(".text").text_content())
    assert any(sentence in r.text for r in build.records if isinstance(r, Document))
    assert opened.complaints == []
    opened.context.close()
