"""The page in headless Chromium: how soon it answers, its size, and pictures a second on a large graph.

--data is a build folder. The large graph has 5,000 made-up names and 20,000 events between them.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from kgbuild.config import Config
from kgbuild.ids import document_id, entity_id, record_id
from kgbuild.page import render
from kgbuild.pipeline import open_build
from kgbuild.records import Document, Entity, Event, Record, Span

RUNS = 5
NAMES, EVENTS = 5_000, 20_000
FRAMES = """(act) => new Promise((done) => {
  const svg = document.querySelector('#drawing'), box = svg.getBoundingClientRect(), began = performance.now();
  let frames = 0;
  const step = () => {
    frames++;
    const t = performance.now() - began;
    const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true, cancelable: true };
    if (act === 'zoom') svg.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: Math.sin(t / 300) * 60 }));
    else svg.dispatchEvent(new KeyboardEvent('keydown', { key: frames % 2 ? 'ArrowLeft' : 'ArrowRight', bubbles: true }));
    if (t < 2000) requestAnimationFrame(step); else done(frames / (t / 1000));
  };
  requestAnimationFrame(step);
})"""


def run(options: argparse.Namespace) -> int:
    """Print seconds from opening the file to the first click answered, bytes, and frames a second."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("needs Chromium")
        return 1
    build = open_build(options.data)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        small = Path(folder) / "small.html"
        small.write_text(render(build.records, build.config), encoding="utf-8")
        took = [_open(browser, small.as_uri(), "#drawing .node")[0] for _ in range(RUNS)]
        print(
            f"page of the build: {small.stat().st_size / 1e6:.3f} MB, answers after {statistics.median(took):.2f} s "
            f"(median of {RUNS}; {min(took):.2f} to {max(took):.2f})"
        )
        large = Path(folder) / "large.html"
        large.write_text(render(made(), Config()), encoding="utf-8")
        seconds, page = _open(browser, large.as_uri() + "#show=all&on=event+open+actors", "#crowd:not([hidden])")
        print(
            f"{NAMES} names, {EVENTS} events, all drawn: {large.stat().st_size / 1e6:.1f} MB, answers after {seconds:.2f} s"
        )
        for moment in ("while names are being placed", "once they are placed"):
            print(
                moment
                + ": "
                + ", ".join(f"{act} {page.evaluate(FRAMES, act):.0f} pictures a second" for act in ("pan", "zoom"))
            )
            page.wait_for_timeout(20_000)
        browser.close()
    return 0


def _open(browser: Any, address: str, what: str) -> tuple[float, Any]:
    """Seconds until the page has drawn and answered a key, and the page."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(what)
    page.locator("#search").fill("a")
    page.wait_for_selector("#found:not([hidden])")
    seconds = time.perf_counter() - began
    page.locator("#search").fill("")
    return seconds, page


def made(seed: int = 1) -> list[Record]:
    """One article of EVENTS sentences in which one of NAMES actors meets or attacks another; few are named often, most seldom."""
    chance = random.Random(seed)
    actors = [Entity(entity_id("Person", f"Name {n}"), f"Name {n}", "Person") for n in range(NAMES)]
    text: list[str] = []
    events: list[tuple[int, int, str, str, Span, Span]] = []
    seen: set[tuple[int, int]] = set()
    size = 0
    while len(events) < EVENTS:
        a, b = (min(NAMES - 1, int(NAMES * chance.random() ** 2)) for _ in range(2))
        if a == b or (a, b) in seen:
            continue
        seen.add((a, b))
        verb, kind = chance.choice((("met", "Consult"), ("attacked", "Assault"), ("praised", "Support")))
        sentence = f"Name {a} {verb} Name {b}."
        begin = size + len(f"Name {a} ")
        events.append((a, b, kind, verb, Span(size, size + len(sentence)), Span(begin, begin + len(verb))))
        text.append(sentence)
        size += len(sentence) + 1
    whole = " ".join(text)
    home = document_id("0" * 64)
    document = Document(home, whole, "0" * 64, "made", headline="Made")
    return [
        document,
        *actors,
        *(
            Event(
                record_id(home, "event", trigger, kind.lower()), home, trigger, span, span, verb, kind,
                agents=(actors[a].id,), recipients=(actors[b].id,),
            )
            for a, b, kind, verb, span, trigger in events
        ),
    ]  # fmt: skip
