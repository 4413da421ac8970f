"""Estimates the pages of a paper's own text, without its annexes and without rendering."""

from math import ceil

from reports.document import Bullet, Document, Text, words

# Measures of the paper's layout (static/paper): characters in a line, fewer for bullets, and lines
# in a page. A test compares the estimate with a rendered paper.
COLUMN, BULLET = 88, 82
PAGE = 45.0
PARAGRAPH, HEADING, SIGN_OFF, TITLE = 0.45, 2.4, 11.0, 9.0
COVER_PAGES = 1


def pages(document: Document) -> int:
    """Return the estimated pages of cover, text and sign-off, to within about a tenth."""
    lines = TITLE + SIGN_OFF + HEADING * (len(document.sections) + 1)
    for paragraph in document.paragraphs():
        lines += _lines(paragraph.text, COLUMN) + PARAGRAPH + _bullets(paragraph.bullets)
    for item in document.recommendation.items:
        lines += _lines(item.text, BULLET) + 1 + PARAGRAPH
    return COVER_PAGES + ceil(lines / PAGE)


def _bullets(bullets: tuple[Bullet, ...]) -> float:
    return sum(_lines(each.text, BULLET) + 0.2 + _bullets(each.bullets) for each in bullets)


def _lines(text: Text, width: int) -> int:
    return ceil(len(words(text)) / width)
