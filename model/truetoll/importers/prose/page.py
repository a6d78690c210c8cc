"""A saved article, plain text or HTML -> its paragraphs, title, language and day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

from truetoll.claims.languages import LANGUAGES
from truetoll.claims.reading.files import NotRegularError, open_regular
from truetoll.errors import CaseError, Problem
from truetoll.importers.prose.vocabulary import words_of
from truetoll.text import system
from truetoll.text.messages import message
from truetoll.visible import cut_short

LARGEST_ARTICLE = 5_000_000
"""Bytes of an article; a saved page with its scripts rarely has one million."""
MOST_TEXT = 200_000
"""Characters of running text that are read: a report of sixty pages, in half a minute."""

_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    (
        "p",
        "li",
        "td",
        "th",
        "tr",
        "div",
        "section",
        "article",
        "main",
        "br",
        "blockquote",
        "dd",
        "dt",
        "figcaption",
        *_HEADS,
    )
)
_SILENT = frozenset(
    ("script", "style", "nav", "footer", "aside", "form", "button", "svg", "noscript", "template", "select", "iframe")
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DATED = (
    "article:published_time",
    "date",
    "datepublished",
    "dc.date",
    "dcterms.created",
    "og:published_time",
    "pubdate",
)


@dataclass(frozen=True)
class Article:
    """What was read of a text.

    Parameters
    ----------
    name : str
        Of its file.
    title : str
        Empty if it has none.
    paragraphs : tuple of str
        In their order; runs of spaces are one.
    language : str
        ``en`` or ``es``.
    day : date or None
        On which it appeared, if the file says so.
    """

    name: str
    title: str
    paragraphs: tuple[str, ...]
    language: str
    day: date | None = None


def read_article(path: Path, language: str | None = None) -> Article:
    """Read a text file or a saved HTML page.

    Parameters
    ----------
    path : Path
    language : str, optional
        ``en`` or ``es``; the language of the most frequent small words if not given.

    Returns
    -------
    Article

    Raises
    ------
    CaseError
        If it cannot be read, is too large, or has no text.
    """
    text = _text(path)
    if re.search(r"<(?:html|body|p|div|article|head)[\s>]", text[:200_000], re.IGNORECASE):
        return _of_page(path.name, text, language)
    paragraphs = _paragraphs(text.split("\n"))
    return _checked(path.name, Article(path.name, _title(paragraphs), paragraphs, language or ""))


def _text(path: Path) -> str:
    try:
        with open_regular(path) as file:
            content = file.read(LARGEST_ARTICLE + 1)
    except FileNotFoundError:
        raise CaseError([Problem(path.name, message("wrong_file.missing"))]) from None
    except NotRegularError as error:
        raise CaseError([Problem(path.name, error.said)]) from None
    except (OSError, ValueError) as error:
        raise CaseError([Problem(path.name, message("wrong_file.unreadable", why=system.told(error)))]) from None
    if len(content) > LARGEST_ARTICLE:
        raise CaseError([Problem(path.name, message("wrong_import.article_large", most=LARGEST_ARTICLE))])
    if content.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CaseError([Problem(path.name, message("wrong_import.no_article"))])
    return _decoded(content)


def _decoded(content: bytes) -> str:
    """Decode what browsers save: UTF-8, UTF-16 with its mark, or what the page says of itself."""
    stated = _CHARSET.search(content[:4_000])
    codes = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig"]
    for code in (*codes, stated[1].decode("ascii") if stated else "cp1252", "cp1252", "latin-1"):
        try:
            return content.decode(code).replace("\r\n", "\n").replace("\r", "\n")
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1")


def _paragraphs(lines: list[str]) -> tuple[str, ...]:
    """Keep lines that hold text; a line that is wrapped within a sentence goes on in the next one."""
    found: list[str] = []
    blank = True
    for line in lines:
        text = " ".join(line.split())
        goes_on = found and not blank and re.search(r"[^\W\d_,]$|,$", found[-1]) and re.match(r"[^\W\d_A-Z]|\(", text)
        if text and goes_on and len(found[-1]) > 50:
            found[-1] += f" {text}"
        elif text:
            found.append(text)
        blank = not text
    return tuple(found)


def _title(paragraphs: tuple[str, ...]) -> str:
    first = paragraphs[0] if paragraphs else ""
    return first if len(first) <= 140 and not first.endswith((".", ":")) else ""


def _checked(name: str, article: Article) -> Article:
    text = " ".join(article.paragraphs)
    if not text.strip():
        raise CaseError([Problem(name, message("wrong_import.no_text"))])
    if len(text) > MOST_TEXT:
        raise CaseError([Problem(name, message("wrong_import.article_long", most=MOST_TEXT))])
    language = article.language or _language(text)
    return Article(article.name, article.title, article.paragraphs, language, article.day)


def _language(text: str) -> str:
    said = re.findall(r"[^\W\d_]+", text.casefold())
    counts = {name: sum(word in words_of(name).common for word in said) for name in LANGUAGES}
    return max(counts, key=lambda name: counts[name])


class _Page(HTMLParser):
    """Text of a page by paragraphs; what stands in <article> or <main> is preferred to the rest."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[bool, str]] = []
        self.title, self.headline, self.day = "", "", ""
        self._now, self._silent, self._inner, self._in = "", 0, 0, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a paragraph, or note what the page says of its day."""
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (given.get("property") or given.get("name") or given.get("itemprop") or "").casefold()
            self.day = self.day or (given.get("content", "") if name in _DATED else "")
            self.headline = self.headline or (given.get("content", "") if name == "og:title" else "")
        elif tag == "time":
            self.day = self.day or given.get("datetime", "")
        if tag in _BLOCKS:
            self._end()
        self._silent += tag in _SILENT
        self._inner += tag in ("article", "main")
        self._in = tag if tag in ("title", "h1") else self._in

    def handle_endtag(self, tag: str) -> None:
        """End a paragraph."""
        if tag in _BLOCKS:
            self._end()
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._inner = max(0, self._inner - (tag in ("article", "main")))
        self._in = "" if tag == self._in else self._in

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._in == "title":
            self.title += data
        elif not self._silent:
            self._now += data

    def _end(self) -> None:
        text = " ".join(self._now.split())
        if text:
            self.lines.append((self._inner > 0, text))
        self._now = ""

    def close(self) -> None:
        """End the last paragraph."""
        super().close()
        self._end()


def _of_page(name: str, text: str, language: str | None) -> Article:
    page = _Page()
    page.feed(text)
    page.close()
    inner = [line for is_inner, line in page.lines if is_inner]
    lines = inner if sum(map(len, inner)) > 300 else [line for _, line in page.lines]
    found = _DAY.search(page.day)
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    title = " ".join((page.headline or page.title).split())
    return _checked(name, Article(name, cut_short(title, 200), tuple(lines), language or "", day))
