"""Filters and tags for papers: languages, dates, diffs."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from reports.document.dates import days, long_date, short_date
from reports.document.markup import languages
from reports.document.wording import times
from reports.meetings.parts import Asked
from reports.models.briefing import marking_words
from workitems.terms.word_diff import Piece, side_by_side

register = template.Library()
register.filter(days)
register.filter(long_date)
register.filter(short_date)
register.filter(times)
register.filter(marking_words)


@register.filter
def te_reo(text: str, maori: Iterable[str] = ()) -> SafeString:
    """Mark up te reo Māori in the text, for screen readers."""
    return format_html_join(
        "",
        "{}",
        (
            (
                format_html('<span lang="{}">{}</span>', run.lang, run.text)
                if run.lang
                else run.text,
            )
            for run in (languages(text, maori=maori) if text else ())
        ),
    )


@register.filter
def te_reo_lines(text: str) -> SafeString:
    """Apply `te_reo` to each line."""
    return format_html_join("\n", "{}", ((te_reo(line),) for line in text.split("\n")))


@register.simple_tag
def sides(asked: Asked, maori: Iterable[str]) -> list[list[SafeString]]:
    """Return a variation's texts before and after, by paragraph, with differences in bold.

    Dates and additions are returned without bold.
    """
    if len(asked.before) != len(asked.after) or asked.is_of_date or asked.is_addition:
        return [[te_reo(text, maori) for text in side] for side in (asked.before, asked.after)]
    pairs = [side_by_side(was, now) for was, now in zip(asked.before, asked.after, strict=True)]
    return [
        [_marked(was, maori) for was, _ in pairs],
        [_marked(now, maori) for _, now in pairs],
    ]


def _marked(pieces: Iterable[Piece], maori: Iterable[str]) -> SafeString:
    return mark_safe(
        "".join(
            format_html("<strong>{}</strong>", te_reo(piece.text, maori))
            if piece.is_changed
            else te_reo(piece.text, maori)
            for piece in pieces
        )
    )
