"""Lines that a web page leaves in an article's text: buttons, bylines, credits, notices; nobody's statements."""

from __future__ import annotations

import re

__all__ = ["is_agency", "is_byline", "is_kicker", "is_leftover"]

# Whole lines of a few words, whatever follows the first ones; " " stands for any white space.
_BUTTONS = (
    r"(re)?share( (this|on|via|with|the)\b.*)?",
    r"(re)?tweet( this)?",
    r"print( (this|version|article|page)\b.*)?",
    r"e-?mail( (this|to|the)\b.*)?",
    r"save|bookmark|copy link|whatsapp|facebook|twitter|linkedin|telegram|pinterest|reddit|instagram|youtube",
    r"(\d+ )?(comments?|shares?|likes?|views?)( ?[(:]? ?\d+\)?)?",
    r"(post|leave|add|write) (a|your) comment\b.*",
    r"(story continues below )?(advertisement|advertorial|advert|ad)",
    r"sponsored( (content|by\b.*))?|paid content",
    r"(read|see|watch|view|learn|find out|listen)"
    r" (more|also|next|now|full story|the full (story|article|text)|live)\b.*",
    r"(also|must) (read|watch|see)\b.*|(continue|keep) reading\b.*|read ?:.*",
    r"read the (rest|full|original|whole)\b.* ?(here|below|at\b.*)",
    r"(related|recommended|more|other|top|latest|trending|most (read|popular))"
    r" (articles?|stories|story|news|topics?|links?|coverage|content|on this|from)\b.*",
    r"(related|recommended|trending|see also|more from|you (may|might) (also )?like) ?(:.*)?",
    r"(subscribe|sign (up|in)|log ?in|register)\b.*",
    r"(download (our|the) app|get (our|the latest)|join our|support our|donate)\b.*",
    r"(click|tap|scroll) (here|to|for|down)\b.*",
    r"follow .* on (twitter|facebook|instagram|telegram|x|social)\b.*|follow (us|@).*",
    r"skip to\b.*|(back|jump|return) to (top|main|content|home)\b.*",
    r"(main )?menu|home|search|navigation|toggle\b.*|close|next|previous|loading\W*|more|end",
    r"privacy policy|terms (of|and)\b.*|contact us|about us|cookie (policy|settings|notice)\b.*",
    r"\d+[ -]?min(ute)?s?( |-)read|(an?|\d+) (second|minute|hour|day|week|month|year)s? ago|\d+ words?",
    r"(not )?for immediate release\W*|embargoed (until|till|for)\b.*|(press|media|news) (release|statement|note)",
    r"abstract|full text|breaking( news)?|just in|exclusive|(site )?logo|(text|font) size\b.*",
)
# Whole lines or paragraphs about the text or a picture, which may run to a sentence or two.
_NOTICES = (
    r"(file |feature )?(photo|image|picture|pic|video|graphic|photograph|caption|credit)s?"
    r"( (credit|source|caption|copyright|by|courtesy))? ?[:©/].*",
    r"image (source|caption|copyright|credit)\b.*|media caption\b.*",
    r"(photo|photograph|image|picture)s? (by|courtesy|via)\b.*|file (photo|picture|image)\b.*|(© ?)?getty images.*",
    r"\([^()]*\b(photo|image|via|getty|credit)\b[^()]*\)",
    r"(we|this (web)?site|our (web)?site) uses? cookies\b.*",
    r"by (continuing|using|clicking)\b.*(cookies?|terms|privacy).*",
    r"accept (all )?cookies\b.*|(copyright|©|\(c\)).*\d{4}.*|.*\ball rights reserved\b.*",
    r"this (story|article|post) (was|has been) (first |originally |last )*"
    r"(published|posted|updated|corrected|amended|edited|produced|written|translated)\b.*",
    r"this (story|article) (first|originally) appeared\b.*",
    r"\(? ?(additional )?(reporting|writing|compiled|edited|editing|translated) by\b.*",
)
_BUTTON_WORDS, _NOTICE_WORDS = 14, 40
_MAX_CHARS = 400


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    spaced = (p.replace(" ", r"\s+").replace(r"\s+?", r"\s*") for p in patterns)
    return re.compile("(?:" + "|".join(f"(?:{p})" for p in spaced) + r")[.:!»›→…]*", re.IGNORECASE)


_BUTTON, _NOTICE = _any_of(_BUTTONS), _any_of(_NOTICES)
_SYMBOLS = re.compile(r"[\W_]+|-\s?30\s?-")
_ADDRESS = r"(?:(?:https?://|www\.|pic\.twitter\.com/)\S+|\S+@\S+\.\w+|[@#]\w+)"
_ADDRESSES = re.compile(rf"{_ADDRESS}(?:\s+{_ADDRESS})*\.?", re.IGNORECASE)
_MARKUP = re.compile(r"(?:<[^<>]{1,300}>\W*)+")
_CRUMBS = re.compile(r"[^.!?]{1,40}(?:\s+[>»›]\s+[^.!?>»›]{1,60}){1,6}|[^.!?|]{1,40}(?:\s\|\s[^.!?|]{1,40}){2,8}")
_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*"
_BYLINE = re.compile(
    r"(?:(?:Story|Written|Report|Reported|Posted|Text|Words|Article|Analysis|Opinion)\s+)?(?:by|BY|By)\s*:?\s+"
    rf"{_NAME}(?:,?\s+(?:{_NAME}|and|AND|&|van|von|de|der|del|al|el|bin|in|for|of|the|[|—–•-])){{0,14}}"
    r"(?:[\s|,•·—–-]+.{0,80}\d{4}.{0,40})?"
)
_ONE_AGENCY = (
    r"(?:AP|AFP|AAP|ANI|PTI|IANS|UPI|DPA|EFE|ANSA|TASS|RIA(?:\s+Novosti)?|Interfax|Xinhua|(?:Thomson\s+)?Reuters|KUNA"
    r"|SPA|WAM|QNA|IRNA|SANA|(?:News\s+)?Agenc(?:y|ies)|Agence\s+France-Presse|Associated\s+Press|Bloomberg|CNN|BBC(?:\s+News)?"
    r"|(?:Our\s+)?(?:Staff|Web|News|Foreign|World|Online)\s+(?:Reporters?|Writers?|Report|Desk|Correspondent|Editor))"
)
_AGENCY = re.compile(rf"(?:[—–-]+\s*)?\(?(?:the\s+)?{_ONE_AGENCY}(?:\s*[/,&]\s*{_ONE_AGENCY})*\)?\.?", re.IGNORECASE)


def is_leftover(text: str) -> bool:
    """Whether a line, wherever it stands, is a button, a notice, a credit, a link, bare markup or a row of signs.

    >>> is_leftover("Advertisement"), is_leftover("Photo: A. Nobody/Wire"), is_leftover("Shares fell on Monday.")
    (True, True, False)
    """
    if _SYMBOLS.fullmatch(text):
        return True
    count = text.count(" ") + 1
    if len(text) > _MAX_CHARS or count > _NOTICE_WORDS:
        return False
    if count <= _BUTTON_WORDS and any(p.fullmatch(text) for p in (_BUTTON, _ADDRESSES, _CRUMBS)):
        return True
    return bool(_NOTICE.fullmatch(text) or _MARKUP.fullmatch(text))


def is_agency(text: str) -> bool:
    """Whether a text is nothing but the name of a news agency or a desk ("Reuters", "AP/AFP", "Web Desk")."""
    return len(text) <= 80 and bool(_AGENCY.fullmatch(text))


def is_byline(text: str) -> bool:
    """Whether a line only names the writer or the agency: "By Jane Doe", "BY JANE DOE, Daily Wire", "Agencies"."""
    return len(text) <= 200 and bool(_BYLINE.fullmatch(text) or is_agency(text))


def is_kicker(text: str) -> bool:
    """Whether a line is short enough to be a logo's text, a button or a section's name rather than a headline.

    One or two words without final punctuation, or up to three in capitals.
    """
    words = text.split()
    return len(words) <= (3 if text.isupper() else 2) and not text.endswith((".", "!", "?"))
