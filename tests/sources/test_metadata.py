"""Roles of paragraphs, headline, deck, dates and dateline of news texts written for the purpose."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgbuild.sources.dateline import find_dateline
from kgbuild.sources.dates import find_dates, is_date_line, parse_date, resolve_day
from kgbuild.sources.language import foreign_language
from kgbuild.sources.leftovers import is_byline, is_leftover
from kgbuild.sources.metadata import analyse, split_paragraphs

BODY = "The two governments agreed on Monday to open the crossing again, officials on both sides said."
MORE = "The crossing has been closed since the spring, when a patrol was fired on from the other bank of the river."


def roles(text: str, title: str | None = None) -> list[str]:
    return [p.role for p in analyse(text, title).paragraphs]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("Thursday, 24 March 2022", "2022-03-24"),
        ("March 24, 2022", "2022-03-24"),
        ("Mar 23, 2022 10:15 GMT", "2022-03-23"),
        ("24/03/2022", "2022-03-24"),
        ("03/24/2022", "2022-03-24"),
        ("03/04/2022", None),
        ("04/04/2022", "2022-04-04"),
        ("3.4.2022", "2022-04-03"),
        ("2022-03-24T23:30:00-05:00", "2022-03-24"),
        ("2022/03/24", "2022-03-24"),
        ("20220324", "2022-03-24"),
        (20220324, "2022-03-24"),
        ("Thu, 24 Mar 2022 10:15:00 +0000", "2022-03-24"),
        ("24th of March 2022", "2022-03-24"),
        ("31 February 2022", None),
        ("yesterday", None),
        ("call 555-12-34-2022", None),
        (None, None),
        (True, None),
    ],
)
def test_dates_in_common_forms_and_no_guess_at_ambiguous_ones(value: object, day: str | None) -> None:
    assert parse_date(value) == day


@pytest.mark.parametrize(
    ("line", "dated"),
    [
        ("Published: Mar 23, 2022 10:15 GMT", True),
        ("Last updated on: 24 March 2022 | 3:15 PM IST", True),
        ("2022-03-24T10:15:00Z", True),
        ("03/04/2022", True),
        ("Valley Radio Published Monday, May 3, 2021 1:19 p.m.", True),
        ("The strike of 24 March 2022", False),
        ("Fighting began on March 24, 2022.", False),
        ("Nothing here", False),
    ],
)
def test_lines_that_only_date_the_article(line: str, dated: bool) -> None:
    assert is_date_line(line) is dated


@pytest.mark.parametrize(
    ("month", "day", "published", "expected"),
    [
        ("Mar", 23, "2022-03-24", "2022-03-23"),
        ("Dec.", 30, "2022-01-02", "2021-12-30"),
        ("June", 3, "2022-06-01", "2022-06-03"),
        ("Feb", 30, "2022-03-01", None),
        ("Mar", 23, None, None),
    ],
)
def test_a_day_without_year_is_read_from_the_publication(
    month: str, day: int, published: str | None, expected: str | None
) -> None:
    assert resolve_day(month, day, published) == expected


@pytest.mark.parametrize(
    ("opening", "place", "date", "agency"),
    [
        ("LISBON, Mar 23 (Agencies): The", "Lisbon", "2022-03-23", "Agencies"),
        ("LISBON, March 23, (AP): The", "Lisbon", "2022-03-23", "AP"),
        ("KHARTOUM, Sudan (AP) — The", "Khartoum", None, "AP"),
        ("NAIROBI -- A", "Nairobi", None, None),
        ("OSLO (Reuters) - The", "Oslo", None, "Reuters"),
        ("Springfield, Ill. – The", "Springfield", None, None),
        ("GENEVA, 12 March (IRIN) - Aid", "Geneva", "2022-03-12", "IRIN"),
        ("Oslo, Dec 30 (NTB) - The", "Oslo", "2021-12-30", "NTB"),
        ("RIO DE JANEIRO, Jan. 3, 2020 — The", "Rio de Janeiro", "2020-01-03", None),
        ("ST. JOHN'S/HALIFAX (Reuters) - The", "St. John's", None, "Reuters"),
        ("McLEAN, Va. (AP) — The", "McLean", None, "AP"),
        ("TUNIS: Police", "Tunis", None, None),
        ("Tunis – Police", "Tunis", None, None),
        ("March 20 (Reuters) - The", None, "2022-03-20", "Reuters"),
        ("(Reuters) - The", None, None, "Reuters"),
        ("(Green Bay) - The", "Green Bay", None, None),
    ],
)
def test_datelines(opening: str, place: str | None, date: str | None, agency: str | None) -> None:
    text = f"{opening} minister spoke to reporters."
    found = find_dateline(text, 0, len(text), "2022-03-24", first=True, speakers=False)
    assert found is not None
    assert (found.place, found.date, found.agency) == (place, date, agency)
    assert text[found.end :] == f"{opening.split()[-1]} minister spoke to reporters."
    assert found.begin == 0


@pytest.mark.parametrize(
    "opening",
    [
        "EXCLUSIVE: Police said",
        "QUESTION: What did he say",
        "NATO (North Atlantic Treaty Organization) - an alliance",
        "Ana Lopez – the mayor – said",
        "The minister said: No",
        "UN officials said on May 3, 2021 that",
        "He left.",
    ],
)
def test_openings_that_are_no_dateline(opening: str) -> None:
    assert find_dateline(opening, 0, len(opening), None, first=True, speakers=False) is None


def test_speakers_of_a_transcript_are_no_places() -> None:
    layout = analyse(
        "DOYLE: Did the envoy meet them in the capital?\n\nBRANDT: He met them on Sunday, as planned.\n\nDOYLE: And then?"
    )
    assert layout.dateline is None


def test_dateline_without_publication_takes_the_year_only_from_a_full_date_of_the_month() -> None:
    assert analyse(f"OSLO, May 3 (NTB) - {BODY}").dateline.date is None  # type: ignore[union-attr]
    named = analyse(f"OSLO, May 3 (NTB) - {BODY}\n\nThe talks began on May 1, 2019, in the capital.")
    assert named.dateline is not None and named.dateline.date == "2019-05-03"
    assert named.published == "2019-05-03"


def test_page_leftovers_headline_decks_date_and_dateline() -> None:
    text = (
        "logo\n\nWorld News\n\nRivals agree to open river crossing\n\nTalks lasted all night\n\nBy Jane Doe\n\n"
        f"Tuesday, 4 May 2021\n\nTALLINN, May 3 (Agencies): {BODY}\n{MORE}\n\nAdvertisement\n\nPhoto: A. Nobody/Wire"
    )
    layout = analyse(text)
    assert [p.role for p in layout.paragraphs] == [
        "aside", "aside", "headline", "deck", "aside", "date", "body", "body", "aside", "aside",
    ]  # fmt: skip
    assert layout.headline == "Rivals agree to open river crossing"
    assert layout.published == "2021-05-04"
    assert layout.dateline is not None
    assert text[layout.dateline.begin : layout.dateline.end] == "TALLINN, May 3 (Agencies): "
    assert layout.dateline.date == "2021-05-03"


def test_text_that_opens_with_its_first_sentence_has_no_headline() -> None:
    layout = analyse(f"{BODY}\n\n{MORE}")
    assert layout.headline is None
    assert [p.role for p in layout.paragraphs] == ["body", "body"]


def test_title_from_outside_names_the_headline_even_with_a_site_name_or_other_quotes() -> None:
    title = "Rivals ‘agree’ to open the river crossing. - Daily Wire"
    layout = analyse(f'Rivals "agree" to open the river crossing.\n\n{BODY}\n\n{MORE}', title)
    assert [p.role for p in layout.paragraphs] == ["headline", "body", "body"]
    assert layout.headline == 'Rivals "agree" to open the river crossing.'
    assert analyse(f"{BODY}\n\n{MORE}", title).headline == title


def test_archive_headlines_closed_with_a_full_stop() -> None:
    assert roles(f"Rivals Agree to Open the River Crossing.\n\n{BODY}\n\n{MORE}")[0] == "headline"
    assert roles(f"Rivals agree to open crossing;\nDeal is the first in a year.\n\n{BODY}\n\n{MORE}")[:2] == [
        "headline",
        "deck",
    ]
    assert roles(f"The rivals have agreed to open it.\n\nTALLINN (AP) — {BODY}\n\n{MORE}")[0] == "headline"


@pytest.mark.parametrize("width", [50, 72, 80])
def test_lines_broken_at_a_width_are_joined_and_others_are_not(width: int) -> None:
    paragraphs = ["Rivals agree to open crossing", f"{BODY} They gave no day for the first convoy.", MORE]
    wrapped = "\n\n".join(textwrap.fill(p, width) for p in paragraphs)
    assert [" ".join(wrapped[s.begin : s.end].split()) for s in split_paragraphs(wrapped)] == paragraphs
    assert len(split_paragraphs(f"{BODY}\n{MORE}\n{BODY}\n{MORE}")) == 4


@pytest.mark.parametrize(
    "line",
    [
        "Share", "Advertisement", "READ MORE: Why the river matters", "Image source, Getty Images", "Follow us on Telegram", "* * *",
        "FOR IMMEDIATE RELEASE", "Home > World > Europe", "(Reporting by A. Nobody; Editing by B. Noone)", "© 2021 Daily Wire. All rights reserved.",
        "We use cookies to improve your visit.", "3 min read", "https://example.org/a", "<br/><br/>", "Photo: A. Nobody",
    ],
)  # fmt: skip
def test_leftovers(line: str) -> None:
    assert is_leftover(line)


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell on Monday after the ministry closed the crossing.", "Video-sharing sites were blocked.", "He left.",
        "More news agencies than ever sent reporters to the region, the ministry said on Monday in its yearly count.",
        "Ana Lopez", "By Monday the troops had left the town.", "Photographs show the damage.",
    ],
)  # fmt: skip
def test_sentences_and_names_are_no_leftovers(line: str) -> None:
    assert not is_leftover(line) and not is_byline(line)


@pytest.mark.parametrize(
    "line",
    ["By Jane Doe", "BY JANE DOE, Daily Wire", "By Jane Doe and John Roe | May 3, 2021", "Agencies", "— Reuters"],
)
def test_bylines(line: str) -> None:
    assert is_byline(line)


def test_a_dated_byline_dates_the_article() -> None:
    assert analyse(f"Rivals agree to open crossing\n\nBy Jane Doe | May 3, 2021\n\n{BODY}").published == "2021-05-03"
    assert analyse(f"Rivals agree\n\nUpdated: 5 May 2021\n\nPublished: 3 May 2021\n\n{BODY}").published == "2021-05-03"
    assert analyse(f"Rivals agree to it\n\n{BODY}\n\nThe war began on 3 May 2021.").published is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{BODY} {MORE}", None),
        ("Kyiv", None),
        (
            "Die beiden Regierungen haben sich am Montag auf die Öffnung der Brücke geeinigt, und das ist nicht der erste Schritt.",
            "de",
        ),
        (
            "Los dos gobiernos acordaron el lunes abrir el puente, y las fuerzas que se retiran de la ciudad no han dicho más.",
            "es",
        ),
        ("Правительства договорились в понедельник открыть мост.", "ru"),
        ("اتفقت الحكومتان يوم الاثنين على فتح الجسر", "ar"),
        (
            "Vlády se v pondělí dohodly, že most bude otevřen, ale podle ministra to není konec sporu, který trvá již více než rok.",
            "cs",
        ),
        (
            "Regeringene ble enige om å åpne broen, og det er ikke bare et skritt, men også et tegn som skal bli med oss.",
            "no",
        ),
        ("bglo wqer tzuio " * 20, "und"),
        ("bglo wqer tzuio " * 7, "und"),
        ("Ann Lee, Joe Reed, Lena Oren, Vesk, Orlen", None),
        (
            "The minister said that it was over and that he would go. „Le président est dans la ville“, he said to us.",
            None,
        ),
    ],
)
def test_language(text: str, code: str | None) -> None:
    assert foreign_language(text) == code


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                BODY,
                MORE,
                "logo",
                "Share",
                "Rivals agree to open crossing",
                "Monday, May 3, 2021",
                "OSLO (AP) — He left.",
                "",
                "  ",
            ]
        ),
        st.text(max_size=60),
    ),
    max_size=12,
)


@given(LINES, st.none() | st.text(max_size=40))
def test_paragraphs_cover_every_word_in_order_without_overlap(lines: list[str], title: str | None) -> None:
    text = "\n".join(lines)
    layout = analyse(text, title)
    end = 0
    for paragraph in layout.paragraphs:
        assert end <= paragraph.begin < paragraph.end <= len(text)
        assert not text[end : paragraph.begin].strip()
        inside = text[paragraph.begin : paragraph.end]
        assert inside == inside.strip() != ""
        end = paragraph.end
    assert not text[end:].strip()
    assert sum(p.role == "headline" for p in layout.paragraphs) <= 1
    if layout.dateline is not None:
        holder = [p for p in layout.paragraphs if p.begin <= layout.dateline.begin < layout.dateline.end <= p.end]
        assert [p.role for p in holder] == ["body"]


@given(st.text(alphabet="0123456789/.- MarchAugust,", max_size=40))
def test_dates_found_lie_in_the_text_and_are_real_days(text: str) -> None:
    for begin, end, day in find_dates(text):
        assert 0 <= begin < end <= len(text)
        assert parse_date(day) == day
