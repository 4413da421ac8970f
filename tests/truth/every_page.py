"""The forms on every page, as HTML: their fields, how they are marked, and what is red."""

import re
from dataclasses import dataclass
from typing import Any

import lxml.html
from django.test import Client
from django.urls import reverse

from tests.cast import Scene, client_of
from tests.test_permissions import EVERYBODY, RULES
from tests.truth.every_form import CREATES

OPTIONAL = "(optional)"
WITHOUT_FORMS = (
    *("papers:pack-draft", "papers:minutes-draft"),
    "requests:request-preview",
)
# Who sees most of a page is asked first.
FIRST = ("coordinator", "contributor", "approver", "authorising manager", "minister's office")


@dataclass(frozen=True)
class Field:
    """A labelled control, or a group of radio buttons or checkboxes, of a form that is posted."""

    name: str
    label: str
    is_optional: bool
    is_required: bool
    is_red: bool


def reader_of(name: str) -> str | None:
    """Return a user who may send the forms of the page, else one who may read it."""
    form = CREATES.get(name)
    everybody = ([form.who] if form else []) + [*FIRST, *EVERYBODY]
    return next((who for who in everybody if RULES[name].get[who] == 200), None)


def pages_of(world: Scene) -> dict[str, Any]:
    """Return the response of each page, by the name of its address."""
    clients: dict[str, Client] = {}
    found = {}
    for name, row in RULES.items():
        who = reader_of(name)
        if who is None:
            continue
        client = clients.setdefault(who, client_of(world, who))
        address = reverse(name, args=row.arguments(world))
        if name in WITHOUT_FORMS or "." in address.rsplit("/", 1)[-1]:
            continue  # a file, or a paper that takes a while
        response = client.get(address)
        if "html" in response.headers.get("Content-Type", "") and not response.streaming:
            found[name] = response
    return found


def posted_forms(html: str) -> list[Any]:
    return [form for form in lxml.html.fromstring(html).forms if form.method == "POST"]


def fields_of(form: Any) -> list[Field]:
    """Return the visible fields of a form."""
    found: dict[str, Field] = {}
    for control in form.xpath(".//input|.//select|.//textarea"):
        name = control.get("name")
        if not name or control.get("type") in ("hidden", "submit") or name in found:
            continue
        words = _label_of(form, control)
        if words is None:
            continue
        found[name] = Field(
            name=re.sub(r"^[imx][0-9]+-|^(close|move|reopen)-", "", name),
            label=re.sub(r"\(optional\)|for example, .*", "", words).strip(),
            is_optional=OPTIONAL in words,
            is_required=control.get("required") is not None,
            is_red=control.get("aria-invalid") == "true",
        )
    return list(found.values())


def _label_of(form: Any, control: Any) -> str | None:
    if control.get("type") in ("radio", "checkbox"):
        legends = control.xpath("ancestor::fieldset[1]/legend")
    else:
        legends = form.xpath(f'.//label[@for="{control.get("id")}"]')
    return " ".join(legends[0].text_content().split()) if legends else None


def emptied(form: Any) -> dict[str, Any]:
    """Return what a browser sends of the form with every visible field left empty."""
    kept = {}
    for control in form.xpath(".//input[@type='hidden'][@name]"):
        kept[control.get("name")] = control.get("value") or ""
    buttons = form.xpath(".//button[@name]")
    if buttons:
        kept[buttons[0].get("name")] = buttons[0].get("value") or ""
    return kept
