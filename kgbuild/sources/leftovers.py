"""Lines that a web page leaves in an article's text: buttons, bylines, credits, notices; nobody's statements."""

from __future__ import annotations

import re

__all__ = ["is_byline", "is_kicker", "is_leftover"]

_PHRASES = re.compile(
    r"""(?: (?:re)?share (?: \s+ (?:this|on|via|with|the) \b .*)? | (?:re)?tweet (?:\s+this)? | print (?:\s+(?:this|version|article|page)\b.*)? | e-?mail (?:\s+(?:this|to|the)\b.*)?
      | save | bookmark | copy \s+ link | whatsapp | facebook | twitter | linkedin | telegram | pinterest | reddit | instagram
      | (?:\d+\s+)? (?:comments?|shares?|likes?|views?) (?:\s*[(:]?\s*\d+\)?)? | (?:post|leave|add|write) \s+ (?:a|your) \s+ comment .*
      | (?:story \s+ continues \s+ below \s+)? (?:advertisement|advertorial|advert|ad) | sponsored (?:\s+(?:content|by\b.*))? | paid \s+ content
      | (?:read|see|watch|view|learn|find \s+ out|listen) \s+ (?:more|also|next|now|full \s+ story|the \s+ full \s+ (?:story|article|text)|live) \b .*
      | (?:also|must) \s+ (?:read|watch|see) \b .* | (?:continue|keep) \s+ reading \b .* | read \s* : .* | read \s+ the \s+ (?:rest|full|original|whole) \b .* (?:here|below|at \b .*)
      | (?:related|recommended|more|other|top|latest|trending|most \s+ (?:read|popular)) \s+ (?:articles?|stories|story|news|topics?|links?|coverage|content|on \s+ this|from) \b .*
      | (?:related|recommended|trending|see \s+ also|more \s+ from|you \s+ (?:may|might) \s+ (?:also \s+)? like) \s* (?:: .*)?
      | (?:subscribe|sign \s+ (?:up|in)|log \s? in|register|download \s+ (?:our|the) \s+ app|get \s+ (?:our|the \s+ latest)|join \s+ our|support \s+ our|donate) \b .*
      | (?:click|tap|scroll) \s+ (?:here|to|for|down) \b .* | follow \s+ .* \s+ on \s+ (?:twitter|facebook|instagram|telegram|x|social) \b .* | follow \s+ (?:us|@) .*
      | skip \s+ to \b .* | (?:back|jump|return) \s+ to \s+ (?:top|main|content|home) \b .* | (?:main \s+)? menu | home | search | navigation | toggle \s+ .* | close | next | previous | loading\W*
      | (?:photo|image|picture|pic|video|graphic|file \s+ photo|photograph|caption|credit|photo \s+ credit|image \s+ (?:source|caption|copyright|credit)|media \s+ caption|photo \s+ by|copyright) s? \s* [:/©-] .*
      | image \s+ (?:source|caption|copyright|credit) \b .* | media \s+ caption \b .* | (?:photo|photograph|image|picture)s? \s+ (?:by|courtesy|via|from) \b .* | file \s+ (?:photo|picture|image) \b .* | (?:©\s*)? getty \s+ images .*
      | \( [^()]* (?:photo|image|via|getty|credit) [^()]* \)
      | (?:we|this \s+ (?:web)?site|our \s+ (?:web)?site) \s+ uses? \s+ cookies \b .* | by \s+ (?:continuing|using|clicking) \b .* (?:cookies?|terms|privacy) .* | accept \s+ (?:all \s+)? cookies .* | cookie \s+ (?:policy|settings|notice) .*
      | (?:privacy \s+ policy|terms \s+ (?:of|and) \b .*|contact \s+ us|about \s+ us) | (?:copyright|©|\(c\)) .* \d{4} .* | .* all \s+ rights \s+ reserved \W*
      | \d+ \s* [- ]? min(?:ute)?s? \s+ read | (?:an? | \d+) \s+ (?:second|minute|hour|day|week|month|year)s? \s+ ago | \d+ \s+ words?
      | (?:for|not \s+ for) \s+ immediate \s+ release \W* | embargoed \s+ (?:until|till|for) \b .* | press \s+ (?:release|statement) | media \s+ (?:release|note) | news \s+ release | end(?:s)? | more
      | abstract | full \s+ text | breaking (?:\s+news)? | just \s+ in | exclusive | logo | site \s+ logo | text \s+ size .* | font \s+ size .*
      | (?:this \s+ (?:story|article|post) \s+ (?:was|has \s+ been|first|originally) \b .*)
      | \(? \s* (?:additional \s+)? (?:reporting|writing|compiled|edited|editing|translated) \s+ by \b .*
      ) [.:!»›→…]* """,
    re.VERBOSE | re.IGNORECASE,
)
_SYMBOLS = re.compile(r"[\W_]+|-\s?30\s?-", re.UNICODE)
_LINK = re.compile(r"(?:(?:https?://|www\.)\S+|\S+@\S+\.\w+|@\w+|#\w+|(?:pic\.)?twitter\.com/\S+)(?:\s+(?:https?://\S+|@\w+|#\w+))*\.?", re.IGNORECASE)
_MARKUP = re.compile(r"(?:<[^<>]{1,300}>\W*)+")
_CRUMBS = re.compile(r"[^.!?]{1,40}(?:\s+[>»›]\s+[^.!?>»›]{1,60}){1,6}|[^.!?|]{1,40}(?:\s\|\s[^.!?|]{1,40}){2,8}")
_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*"
_BYLINE = re.compile(
    rf"(?:(?:Story|Written|Report|Reported|Posted|Text|Words|Article|Analysis|Opinion)\s+)?(?:by|BY|By)\s*:?\s+{_NAME}(?:,?\s+(?:{_NAME}|and|AND|&|van|von|de|der|del|al|el|bin|in|for|of|the|\||—|–|-|•)){{0,14}}"
    r"(?:[\s|,•·—–-]+.{0,80}\d{4}.{0,40})?"
)
_AGENCY = re.compile(
    r"(?:[—–-]+\s*)?\(?(?:the\s+)?(?:AP|AFP|AAP|ANI|PTI|IANS|UPI|DPA|EFE|ANSA|TASS|RIA(?:\s+Novosti)?|Interfax|Xinhua|Reuters|Thomson\s+Reuters|KUNA|SPA|WAM|QNA|IRNA|SANA"
    r"|Agenc(?:y|ies)|News\s+agencies|Agence\s+France-Presse|Associated\s+Press|Bloomberg|CNN|BBC(?:\s+News)?|(?:Our\s+)?(?:Staff|Web|News|Foreign|World|Online)\s+(?:Reporters?|Writers?|Report|Desk|Correspondent|Editor))"
    r"(?:\s*[/,&]\s*(?:AP|AFP|Reuters|Agencies|dpa))*\)?\.?",
    re.IGNORECASE,
)
_MAX_WORDS = 30


def is_leftover(text: str) -> bool:
    """Whether a line, wherever it stands, is a button, a notice, a credit, a link, bare markup or a row of signs.

    >>> is_leftover("Advertisement"), is_leftover("Photo: A. Nobody/Wire"), is_leftover("Shares fell on Monday.")
    (True, True, False)
    """
    if _SYMBOLS.fullmatch(text):
        return True
    if len(text) > 400 or text.count(" ") >= _MAX_WORDS:
        return False
    return any(p.fullmatch(text) for p in (_PHRASES, _LINK, _MARKUP, _CRUMBS))


def is_byline(text: str) -> bool:
    """Whether a line only names the writer or the agency: "By Jane Doe", "BY JANE DOE, Daily Wire", "Agencies"."""
    return len(text) <= 200 and bool(_BYLINE.fullmatch(text) or _AGENCY.fullmatch(text))


def is_kicker(text: str) -> bool:
    """Whether a line is short enough to be a logo's text, a button or a section's name rather than a headline.

    One or two words without final punctuation, or up to three in capitals.
    """
    words = text.split()
    return len(words) <= (3 if text.isupper() else 2) and not text.endswith((".", "!", "?"))
