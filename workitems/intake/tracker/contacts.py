"""The people whose email addresses a tracker has, as lines to invite them by. No Django."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workitems.intake.tracker.guess import EMAIL
from workitems.intake.tracker.understood import one_line
from workitems.intake.tracker.words import Agencies

NAME = re.compile(r"[^\W\d_][\w’'.-]*(?: [^\W\d_][\w’'.-]*){1,4}")
ROLES = (("approver", r"\bapprov"), ("coordinator", r"\bcoordinat"))


@dataclass(frozen=True)
class Text:
    """A text of the tracker with its place. `agency` is the lead of the item that it is of, or ""."""

    sheet: str
    address: str
    text: str
    agency: str = ""

    @property
    def row(self) -> tuple[str, str]:
        return self.sheet, self.address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True)
class Contact:
    name: str
    email: str
    agency: str
    role: str

    @property
    def line(self) -> str:
        return f"{self.name}, {self.email}, {self.agency}, {self.role}"


def contacts_in(texts: Iterable[Text], agencies: Agencies) -> list[Contact]:
    """Return each address once, with a name, the agency and a role. One of no agency is left out.

    A name that is not beside the address is made of it, and a role that is not said is contributor:
    guesses, for a person to read before anybody is invited.
    """
    rows: dict[tuple[str, str], list[Text]] = defaultdict(list)
    for text in texts:
        rows[text.row].append(text)
    found: dict[str, Contact] = {}
    for row in rows.values():
        for contact in _of_row(row, agencies):
            found.setdefault(contact.email.casefold(), contact)
    return sorted(found.values(), key=lambda each: (each.agency.casefold(), each.name.casefold()))


def _of_row(row: list[Text], agencies: Agencies) -> Iterator[Contact]:
    for text in row:
        start = 0
        for match in EMAIL.finditer(text.text):
            before = text.text[start : match.start()]
            start = match.end()
            others = [each.text for each in row if not EMAIL.search(each.text)]
            agency = text.agency or next(
                (named.short for other in others for named in agencies.read(other) if named.short),
                "",
            )
            if not agency:
                continue
            # Beside an item the row's other texts are about the item, not the person.
            about = [] if text.agency else [each for each in others if not agencies.find(each)]
            name = _name_in(before) or next(filter(None, map(_name_in, about)), "")
            yield Contact(name or _name_of(match[0]), match[0], agency, _role_in(about))


def _name_in(text: str) -> str:
    line = one_line(text).strip(" <([,;:|-–")
    return line if NAME.fullmatch(line) else ""


def _name_of(email: str) -> str:
    words = re.findall(r"[^\W\d_]+", email.partition("@")[0])
    return " ".join(word.capitalize() for word in words)


def _role_in(texts: list[str]) -> str:
    said = " ".join(texts)
    return next((role for role, root in ROLES if re.search(root, said, re.I)), "contributor")
