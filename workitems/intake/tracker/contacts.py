"""The people whose email addresses a tracker has, to invite them. No Django."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from agencies.wording.translation import _
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
    """A person to invite. `why` says what was guessed and cannot be seen, or ""."""

    name: str
    email: str
    agency: str
    role: str
    why: str = ""
    is_listed: bool = False
    has_name: bool = True

    @property
    def is_sure(self) -> bool:
        """Whether it is known whose person it is."""
        return bool(self.agency) and not self.why


def contacts_in(texts: Iterable[Text], agencies: Agencies) -> list[Contact]:
    """Return each address once for each agency that it is of, with a name and a role.

    A list of people says who they are, so it goes before the contacts beside items. A name that is not beside the
    address is made of it, and a role that is not said is guessed, for a person to read before anybody is invited. The
    agency is "" if the rows do not agree.
    """
    rows: dict[tuple[str, str], list[Text]] = defaultdict(list)
    for text in texts:
        rows[text.row].append(text)
    lists = [row for row in rows.values() if not any(text.agency for text in row)]
    listed: dict[tuple[str, str], Contact] = {}
    for row in lists:
        for contact in _of_list(row, agencies):
            listed.setdefault((contact.email.casefold(), contact.agency), contact)
    known = {email for email, _ in listed}
    beside = _beside_items([row for row in rows.values() if row not in lists], agencies)
    people = [
        *listed.values(),
        *(each for each in beside if each.email.casefold() not in known),
    ]
    people.sort(key=lambda each: (each.agency.casefold(), not each.is_listed, each.name.casefold()))
    return _with_approvers(people)


def _beside_items(rows: list[list[Text]], agencies: Agencies) -> list[Contact]:
    """Return the people beside items. A row with several addresses does not say whose each is, so there the other
    rows of its domain count."""
    found: dict[str, Contact] = {}
    claims: dict[str, set[str]] = defaultdict(set)
    unsure: set[str] = set()
    for row in rows:
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
    return [
        _of_agreed(contact, claims[email], claims[_domain(email)])
        if email in unsure or len(claims[email]) > 1
        else contact
        for email, contact in found.items()
    ]


def _of_agreed(contact: Contact, own: set[str], of_domain: set[str]) -> Contact:
    if len(own or of_domain) == 1:
        return replace(contact, agency=next(iter(own or of_domain)))
    if own:
        return replace(contact, agency="", why=_("It is beside items of several agencies."))
    return replace(
        contact,
        why=_("It is beside an item of {agency}, with another address.").format(
            agency=contact.agency
        ),
    )


def _with_approvers(people: list[Contact]) -> list[Contact]:
    """Propose an approver for each agency that has none: who is listed as its person, else the one of several with the
    most senior title, else its only person."""
    of: dict[str, list[Contact]] = defaultdict(list)
    for each in people:
        of[each.agency].append(each)
    proposed = set()
    for agency, those in of.items():
        if not agency or any(each.role == "approver" for each in those):
            continue
        free = [each for each in those if each.role == "contributor"]
        listed = [each for each in free if each.is_listed]
        ranked = [(rank, each) for each in free if (rank := _rank(each)) < len(SENIOR)]
        if listed:
            proposed.add(listed[0])
        elif ranked and len(those) > 1:
            proposed.add(min(ranked, key=lambda pair: pair[0])[1])
        elif free and len(those) == 1:
            proposed.add(free[0])
    return [replace(each, role="approver") if each in proposed else each for each in people]


def _rank(contact: Contact) -> int:
    """Return how senior a title is. A name that was made of an address says none."""
    said = (at for at, title in enumerate(SENIOR) if title.search(contact.name))
    return next(said, len(SENIOR)) if contact.has_name else len(SENIOR)


def _domain(email: str) -> str:
    return email.partition("@")[2]


def _of_list(row: list[Text], agencies: Agencies) -> Iterator[Contact]:
    """Yield the people of a row that is of no item: of each agency that it names, also in its own way."""
    others = [each.text for each in row if not EMAIL.search(each.text)]
    # A name such as "Police member" is near an agency's as well.
    of_place = next(filter(agencies.find, others), None) or next(
        (each for each in others if _agencies_in(each, agencies)), ""
    )
    named = _agencies_in(of_place, agencies)
    about = [each for each in others if each != of_place]
    for text in row:
        start = 0
        for match in EMAIL.finditer(text.text):
            before, start = text.text[start : match.start()], match.end()
            name = _name_in(before) or next(filter(None, map(_name_in, about)), "")
            for short, why in named:
                made = _name_of(match[0])
                yield Contact(
                    name or made,
                    match[0],
                    short,
                    _role_in(about),
                    why,
                    is_listed=True,
                    # A title, "Deputy", can be all that the list and the address say.
                    has_name=bool(name) or made in about,
                )


def _agencies_in(text: str, agencies: Agencies) -> list[tuple[str, str]]:
    """Return the agencies that a text of a list of people names, each with why that is not certain, or ""."""
    if found := agencies.find(text):
        return [(found, "")]
    read = agencies.read(text)
    if not read or not all(each.short or each.near for each in read):
        return []
    says = _("“{said}” is read as {agency}.")
    return [
        (each.short, "")
        if each.short
        else (each.near, says.format(said=each.text, agency=each.near))
        for each in read
    ]


def _of_row(row: list[Text], agencies: Agencies) -> Iterator[Contact]:
    """Yield the people of an item's row, whose other texts are about the item and not the person."""
    for text in row:
        start = 0
        for match in EMAIL.finditer(text.text):
            before, start = text.text[start : match.start()], match.end()
            if not text.agency:
                continue
            name = _name_in(before)
            yield Contact(
                name or _name_of(match[0]),
                match[0],
                text.agency,
                "contributor",
                has_name=bool(name),
            )


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
