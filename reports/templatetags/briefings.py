"""Tabs between the pages of a briefing, and the links below its paragraphs."""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reports.models import Briefing
from workitems.templatetags.marks import as_diff, shape

# Django loads all tags with the first page, and few pages compose a paper.
if TYPE_CHECKING:
    from reports.drafting.page import Asked, Block, Offer

register = template.Library()

CHANGE = "reports.change_briefing"
# Label, URL name, permission, and whether the page needs a draft. Pages that change a briefing are
# left out when its text is locked.
PAGES = (
    (gettext_lazy("Paper"), "briefings:detail", "reports.read_briefing", False),
    (gettext_lazy("Draft"), "workshop:draft", "reports.read_briefing", False),
    (gettext_lazy("Word copies"), "workshop:word", CHANGE, True),
    (gettext_lazy("Checks"), "briefings:checks", "reports.read_briefing", True),
    (gettext_lazy("Clearance"), "briefings:clearance", "reports.read_briefing", True),
    (gettext_lazy("Compare"), "briefings:compare", "reports.read_briefing", True),
    (gettext_lazy("Annexes"), "briefings:annexes", CHANGE, True),
    (gettext_lazy("Cover"), "briefings:change-cover", CHANGE, False),
)


@register.simple_tag(takes_context=True)
def plain_block(context: dict[str, Any], block: "Block", *apart: str) -> SafeString | str:
    """Return a whole paragraph if its words are one line without looks, its records have not changed, and nothing stands
    in or behind it; else "", as for those with the keys `apart`.

    Written here, as a page has hundreds. Of the context are used what `marks_of` and `foot` take.
    """
    if not block.line or block.drift or block.key in apart:
        return ""
    key, number = escape(block.key), block.number
    left_out, value = ("", f' value="{number}"') if number else (" is-left-out", "")
    below = (context[name] for name in ("here", "paragraphs", "may_change", "suggested"))
    return mark_safe(
        f'<li class="workshop-block{left_out}" id="{key}" data-block="{key}"\n  tabindex="-1"{value}>\n'
        f"  <div data-words>\n  <p>{escape(block.line)}</p>\n  </div>\n"
        f"  {marks_of(context, block)}\n  {foot(block, *below)}\n</li>"
    )


@register.simple_tag(takes_context=True)
def marks_of(context: dict[str, Any], block: "Block | Asked", address: str = "") -> SafeString:
    """Return what needs work in a paragraph or, at its `address`, in a recommendation, each with what one press would do
    about it.

    Written here, as a page has hundreds. Of the context are used `paragraphs`, where their addresses begin, `may_change`,
    `page` and `csrf_token`.
    """
    address = address or f"{context['paragraphs']}{block.key}/"
    pieces = []
    for mark in block.marks:
        remedy = escape(str(mark.remedy))
        if mark.url:
            remedy = f'<a href="{escape(str(mark.url))}">{remedy}</a>'
        pieces.append(
            f'<div class="workshop-mark screen-only"><p><span class="mark mark-at_risk">{shape("at_risk")}'
            f"{escape(mark.words)}</span> {remedy}</p>"
        )
        if context["may_change"]:
            pieces += [_offered(context, block, offer, address) for offer in mark.offers]
        pieces.append("</div>")
    return mark_safe("\n".join(pieces))


def _offered(context: dict[str, Any], block: "Block | Asked", offer: "Offer", address: str) -> str:
    values = {
        "csrfmiddlewaretoken": context["csrf_token"],
        "version": block.version,
        # Long, and needed only to know the paragraphs that the text refers to.
        "seen": context["page"].seen if "{" in offer.text else "",
        "text": offer.text,
        "at": offer.at,
        "verb": offer.verb,
    }
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(str(value))}">'
        for name, value in values.items()
        if value
    )
    words = f'<span class="wording">{as_diff(offer.strands)}</span> ' if offer.strands else ""
    in_name = _("in {paragraph}").format(paragraph=escape(block.name))
    return (
        f'<form method="post" action="{escape(address)}" data-act class="workshop-offer">'
        f'{fields}<p>{words}<button class="button-link" type="submit" name="act" value="{offer.act}">'
        f'{escape(offer.label)}<span class="visually-hidden"> {in_name}</span></button></p></form>'
    )


@register.simple_tag
def foot(
    block: "Block",
    here: str,
    paragraphs: str,
    may_change: bool,
    suggested: Mapping[str, tuple[int, str]],
) -> SafeString:
    """Return what stands below a paragraph: that it is the coordinator's, what is wrong with it, the links, the place of
    its menu, and the way to the next one that needs work.

    Written here, as a page has hundreds. `paragraphs` is where their addresses begin. `suggested` are the open
    suggestions of Word copies by key: number and address.
    """
    key, name = escape(block.key), escape(block.name)
    address = f"{escape(paragraphs)}{key}/"
    of_name = _("of {paragraph}").format(paragraph=name)
    origin = escape(block.origin) if block.is_ours else ""
    pieces = [
        f'<div class="workshop-foot screen-only"><span class="workshop-origin" data-origin>{origin}</span>'
    ]
    if not block.number:
        pieces.append(f'<span class="tag tag-strong">{_("Left out")}</span>')
    if block.is_broken:
        says = _("Refers to a paragraph that is left out")
        pieces.append(f'<span class="mark mark-late">{shape("at_risk")}{says}</span>')
    if suggested and block.key in suggested:
        pieces.append(_suggestions(*suggested[block.key], name))
    if may_change:
        for_name = _("for {paragraph}").format(paragraph=name)
        pieces.append(
            f'<a href="{escape(here)}?edit={key}#{key}" data-open data-edit>'
            f'{_("Edit")}<span class="visually-hidden"> {name}</span></a>'
            f'<details id="more-{key}" data-more>'
            f'<summary>{_("More")}<span class="visually-hidden"> {for_name}</span></summary>'
            f'<p data-menu><a href="{address}acts/">{_("All actions")}</a></p></details>'
        )
    else:
        hidden = f'<span class="visually-hidden"> {of_name}</span>'
        pieces.append(
            f'<a href="{escape(here)}?at={key}#sources">{_("Sources")}{hidden}</a>'
            f'<a href="{address}versions/">{_("Versions")}{hidden}</a>'
        )
    if block.next:
        pieces.append(next_mark(block))
    pieces.append("</div>")
    return mark_safe("\n".join(pieces))


@register.simple_tag
def next_mark(block: "Block | Asked") -> SafeString:
    """Return the way to the next paragraph or recommendation with marks, if there is one."""
    if not block.next:
        return mark_safe("")
    says = escape(_("Next mark: {name}").format(name=block.next.name))
    return mark_safe(f'<a class="workshop-next" href="#{escape(block.next.key)}">{says}</a>')


@register.simple_tag(takes_context=True)
def suggestions_here(context: dict[str, Any], key: str, name: str) -> SafeString | str:
    """Return the suggestions at a recommendation. `suggested` in the context is that of `foot`."""
    suggested = context.get("suggested") or {}
    if key not in suggested:
        return ""
    count, url = suggested[key]
    return mark_safe(_suggestions(count, url, escape(name)))


def _suggestions(count: int, url: str, name: str) -> str:
    """Return the number of open suggestions of Word copies at a paragraph, with the way to them. `name` is HTML."""
    says = ngettext("{count} suggestion", "{count} suggestions", count).format(count=count)
    for_name = _("for {paragraph}").format(paragraph=name)
    return f'<a href="{escape(url)}">{says}<span class="visually-hidden"> {for_name}</span></a>'


@register.inclusion_tag("components/tabs.html", takes_context=True)
def ways(context: dict[str, Any], briefing: Briefing, here: str) -> dict[str, Any]:
    """Return the tabs that the user may open; none for users who cannot read drafts."""
    user = context["request"].user
    tabs = [
        (label, reverse(name, args=[briefing.plan.slug, briefing.pk]), name == here)
        for label, name, permission, needs_draft in PAGES
        if user.has_perm(permission, briefing)
        and (briefing.is_open or permission != CHANGE)
        and (briefing.kind_id or not needs_draft)
    ]
    return {"tabs": tabs, "label": _("Briefing {briefing}").format(briefing=briefing.name)}
