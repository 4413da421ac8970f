"""The people whom a plan's tracker names, as rows to invite in one press."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext, gettext_lazy

from agencies.models import AS_WHAT, Agency, Seat, User
from agencies.people.allowed_domains import domain_faults
from agencies.people.pasted_people import NAME_LENGTH, Offer
from agencies.rules import ORDINARY_ROLES, gives_all_roles, roles_to_manage
from agencies.typed.fields import Form, TextField
from workitems.intake.tracker.contacts import Contact
from workitems.intake.tracker.doubts import name_of

PARTS = ("invite", "name", "agency", "role")


class TrackerPeopleForm(Form):
    """Rows of people: whether to invite each, by which name, to which agency and with which role."""

    def __init__(
        self,
        *args: Any,
        people: Iterable[Contact],
        agencies: Sequence[Agency],
        by: User,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.people = {name_of(f"{each.email}:{each.agency}"): each for each in people}
        self.agencies = {str(each.pk): each for each in agencies}
        by_short = {each.short_name: pk for pk, each in self.agencies.items()}
        places = [("", gettext("Choose")), *((pk, each.short_name) for pk, each in self.agencies.items())]  # fmt: skip
        coordinated = {each.short_name for each in agencies if gives_all_roles(by, each)}
        self.offers: list[Offer] = []
        for key, person in self.people.items():
            of = {"person": person.name}
            roles = [
                *ORDINARY_ROLES,
                *([Seat.Role.COORDINATOR] if person.agency in coordinated else []),
            ]
            role = person.role if person.role in roles else Seat.Role.CONTRIBUTOR
            self.fields[f"{key}-invite"] = forms.BooleanField(
                label=gettext("Invite {person}").format(**of),
                required=False,
                initial=person.is_sure,
            )
            self.fields[f"{key}-name"] = TextField(
                label=gettext("Name of {email}").format(email=person.email),
                required=False,
                max_length=NAME_LENGTH,
                initial=person.name,
            )
            self.fields[f"{key}-agency"] = forms.ChoiceField(
                label=gettext("Agency of {person}").format(**of),
                required=False,
                choices=places,
                initial=by_short.get(person.agency, ""),
            )
            self.fields[f"{key}-role"] = forms.ChoiceField(
                label=gettext("Role of {person}").format(**of),
                choices=[(each.value, each.label) for each in roles],
                initial=role,
            )

    @property
    def unsure(self) -> int:
        return sum(not person.is_sure for person in self.people.values())

    @property
    def rows(self) -> list[tuple[Contact, dict[str, forms.BoundField]]]:
        return [
            (person, {part: self[f"{key}-{part}"] for part in PARTS})
            for key, person in self.people.items()
        ]

    @property
    def ticked(self) -> list[Contact]:
        """The people that are ticked as the page is shown, with the agency and role chosen for each."""
        return [
            replace(
                person,
                agency=self.agencies[pk].short_name,
                role=boxes["role"].value(),
            )
            for person, boxes in self.rows
            if boxes["invite"].value() and (pk := boxes["agency"].value()) in self.agencies
        ]

    def clean(self) -> dict[str, Any]:
        """Read the ticked rows as offers. What is wrong is said at its field."""
        data = super().clean() or self.cleaned_data
        for number, (key, person) in enumerate(self.people.items(), 1):
            if not data.get(f"{key}-invite"):
                continue
            name, place = data.get(f"{key}-name", ""), data.get(f"{key}-agency", "")
            if not name:
                self.add_error(f"{key}-name", gettext("Enter a name."))
            if not place:
                self.add_error(f"{key}-agency", gettext("Choose an agency."))
            for says in _faults_of(person.email):
                self.add_error(f"{key}-invite", says)
            if name and place and f"{key}-role" in data:
                role = Seat.Role(data[f"{key}-role"])
                if role not in roles_to_manage(self.by, self.agencies[place]):
                    says = gettext("You cannot invite {a_role} to {agency}.")
                    self.add_error(
                        f"{key}-role",
                        says.format(a_role=AS_WHAT[role], agency=self.agencies[place]),
                    )
                self.offers.append(Offer(number, name, person.email.lower(), self.agencies[place], role))  # fmt: skip
        if not self.offers and not self.errors:
            self.add_error(None, gettext_lazy("Tick at least one person."))
        return data


def _faults_of(email: str) -> Iterable[str]:
    try:
        validate_email(email)
    except ValidationError:
        yield gettext("This is no email address.")
        return
    for says, _field in domain_faults(email):
        yield str(says)
