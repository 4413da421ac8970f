"""Components that have a body or need Python. Their markup is in templates/components."""

import json
import secrets
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from django import template
from django.core.paginator import Page
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from agencies.typed.fields import TOKEN_FIELD

register = template.Library()


@register.simple_tag
def once() -> str:
    """Render the token of a form that creates something; its view is `agencies.pages.once.once`.

    Firefox would bring a spent token back with the page, without `autocomplete`.
    """
    field = '<input type="hidden" name="{}" value="{}" autocomplete="off">'
    return format_html(field, TOKEN_FIELD, secrets.token_urlsafe(16))


@register.inclusion_tag("components/post_form.html", takes_context=True)
def post_form(
    context: template.Context,
    submit: str,
    cancel_url: str = "",
    cancel: str = "",
    danger: bool = False,
    once: bool = False,
) -> dict[str, Any]:
    """Render the page's `form`, its button and the way back. `once` is for a form that creates something."""
    row = {"submit": submit, "cancel_url": cancel_url, "cancel": cancel, "danger": danger}
    return {"form": context["form"], "once": once, **row}


@register.simple_block_tag
def page_header(
    content: str, title: str, eyebrow: str = "", lead: str = "", number: str = ""
) -> str:
    """Render the h1, a number before its words, with its eyebrow and lead. The body holds the page's actions and may be empty."""
    # The page's template has already escaped the body; `strip` returns an unsafe string.
    actions = mark_safe(content.strip())
    return render_to_string(
        "components/page_header.html",
        {
            "title": title,
            "eyebrow": eyebrow,
            "lead": lead,
            "number": number,
            "content": actions,
        },
    )


@register.simple_block_tag
def callout(content: str, title: str = "", kind: str = "note") -> str:
    """Render a callout: kind "attention" if the reader must act, "note" otherwise."""
    return render_to_string(
        "components/callout.html", {"title": title, "kind": kind, "content": content}
    )


@register.simple_block_tag
def data_table(
    content: str, caption: str, kind: str = "scroll", id: str = "", caption_hidden: bool = False
) -> str:
    """Render a table with a caption. The body is its thead and tbody.

    On a narrow screen kind "scroll" scrolls sideways, by keyboard too. Kind "stack" turns each
    row into a short list; each td needs the name of its column as data-label.
    """
    return render_to_string(
        "components/data_table.html",
        {
            "caption": caption,
            "caption_hidden": caption_hidden,
            "id": id or f"table-{slugify(caption)}",
            "kind": kind,
            "content": content,
        },
    )


@register.filter
def options(groups: list[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """Render the options of a select, in their groups. In a template they took a fifth of a list page's time."""
    drawn = []
    for name, choices, _ in groups:
        inside = "".join(
            f'\n  <option value="{escape(str(choice["value"]))}"'
            f"{' selected' if choice['selected'] else ''}>{escape(str(choice['label']))}</option>"
            for choice in choices
        )
        if name:
            inside = f'\n  <optgroup label="{escape(str(name))}">{inside}\n  </optgroup>'
        drawn.append(inside)
    return mark_safe("".join(drawn))


@register.filter
def attributes(attrs: dict[str, Any]) -> SafeString:
    """Render the attributes of a control but for its class, which each widget's own template writes, and the
    placeholder: it vanishes while typing, and a label or hint says it better. A browser cuts what is
    longer than `maxlength` without a word, so the limit goes to our own counter (static/js/site.js)."""
    drawn = []
    for name, value in attrs.items():
        if value is False or name in ("class", "placeholder"):
            continue
        shown = "data-limit" if name == "maxlength" else name
        drawn.append(
            f" {shown}" if value is True else f' {shown}="{conditional_escape(str(value))}"'
        )
    return mark_safe("".join(drawn))


@register.filter
def page_numbers(page: "Page[Any]") -> list[int | str]:
    """Return the page numbers to link to from this page, with an ellipsis for each gap."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.filter
def as_json(data: Any) -> str:
    """Return the data as JSON for an attribute that a script of ours reads."""
    return json.dumps(data, cls=DjangoJSONEncoder)


@register.filter
def is_optional(field: BoundField) -> bool:
    """Return whether to mark the field "(optional)".

    A field that another answer makes necessary (`SOMETIMES` of its form) is not marked.
    """
    sometimes = getattr(field.form, "SOMETIMES", ())
    return not field.field.required and field.name not in sometimes


@register.filter
def error_links(
    forms: "BaseForm | BaseFormSet[BaseForm] | Iterable[BaseForm]",
) -> list[tuple[str, str]]:
    """Return (error, id of its control) for every error of one or more forms, in page order.

    The id is empty for an error without a visible field.
    """
    if not forms and not isinstance(forms, (BaseForm, BaseFormSet)):
        return []
    several = [forms] if isinstance(forms, BaseForm) else list(forms)
    formset_errors = forms.non_form_errors() if isinstance(forms, BaseFormSet) else []
    found = [(str(error), "") for error in formset_errors]
    found += [each for form in several for each in _errors_of(form)]
    # What is wrong with two hidden fields is said once.
    return list(dict.fromkeys(found))


def _errors_of(form: BaseForm) -> Iterator[tuple[str, str]]:
    for error in form.non_field_errors():
        yield str(error), ""
    for field in form:
        for error in field.errors:
            if field.is_hidden:
                yield str(error), ""
            else:
                yield _named(str(field.label), str(error)), _control_id(field)


def _named(label: str, error: str) -> str:
    """Return the error with the field's label before it, unless it names the field itself."""
    if label.lower() in error.lower():
        return error
    return f"{label} {error}" if label.endswith("?") else f"{label}: {error}"


def _control_id(field: BoundField) -> str:
    """Return the id of the field's control, or of the first control of a group."""
    return field.id_for_label or f"{field.auto_id}_0"
