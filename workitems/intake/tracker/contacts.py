"""The people whose email addresses a tracker has, as lines to invite them by. No Django."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from workitems.intake.tracker.guess import EMAIL
from workitems.intake.tracker.understood import one_line
from workitems.intake.tracker.words import Agencies

NAME = re.compile(r"[^\W\d_][\w’'.-]*(?:,? [^\W\d_][\w’'.-]*){1,5}")
ROLES = (("approver", r"\bapprov"), ("coordinator", r"\bcoordinat"))
# Titles of people who probably submit for their agency, the likeliest first.
SENIOR = tuple(
    re.compile(rf"\b{title}\b", re.IGNORECASE)
    for title in ("chief", "director", "head", "commander", "manager", "lead", "principal")
)


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
    guesses, for a person to read before anybody is invited. The agency is "" if the rows do not agree: a
    row with several addresses does not say whose each is, so there the other rows of its domain count.
    """
    rows: dict[tuple[str, str], list[Text]] = defaultdict(list)
    for text in texts:
        rows[text.row].append(text)
    found: dict[str, Contact] = {}
    claims: dict[str, set[str]] = defaultdict(set)
    unsure: set[str] = set()
    for row in rows.values():
        of_row = list(_of_row(row, agencies))
        is_sure = len({contact.email.casefold() for contact in of_row}) == 1
        for contact in of_row:
            email = contact.email.casefold()
            found.setdefault(email, contact)
            if is_sure:
                claims[email].add(contact.agency)
                claims[_domain(email)].add(contact.agency)
            else:
                unsure.add(email)
    people = [
        replace(contact, agency=_agreed(claims[email] or claims[_domain(email)]))
        if email in unsure or len(claims[email]) > 1
        else contact
        for email, contact in found.items()
    ]
    people.sort(key=lambda each: (each.agency.casefold(), each.name.casefold()))
    return _with_approvers(people)


def _with_approvers(people: list[Contact]) -> list[Contact]:
    """Propose an approver for each agency of several people that has none, the one with the most senior title."""
    of: dict[str, list[Contact]] = defaultdict(list)
    for each in people:
        of[each.agency].append(each)
    proposed = set()
    for agency, those in of.items():
        if agency and len(those) > 1 and not any(each.role == "approver" for each in those):
            ranked = [(rank, each) for each in those if (rank := _rank(each)) < len(SENIOR)]
            proposed |= {min(ranked, key=lambda pair: pair[0])[1]} if ranked else set()
    return [replace(each, role="approver") if each in proposed else each for each in people]


def _rank(contact: Contact) -> int:
    said = (at for at, title in enumerate(SENIOR) if title.search(contact.name))
    return next(said, len(SENIOR))


def _domain(email: str) -> str:
    return email.partition("@")[2]


def _agreed(agencies: set[str]) -> str:
    return next(iter(agencies)) if len(agencies) == 1 else ""


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
    """Return a person's name or a role, whole: "Manager, Fire Science"."""
    line = one_line(text).strip(" <>()[],;:|-–")
    return line if NAME.fullmatch(line) else ""


def _name_of(email: str) -> str:
    words = re.findall(r"[^\W\d_]+", email.partition("@")[0])
    return " ".join(word.capitalize() for word in words)


def _role_in(texts: list[str]) -> str:
    said = " ".join(texts)
    return next((role for role, root in ROLES if re.search(root, said, re.I)), "contributor")
