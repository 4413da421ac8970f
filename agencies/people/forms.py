"""Forms for agencies, accounts, seats, invitations and Ministers."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordMixin
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import (
    UNIT_LENGTH,
    WRITING_ROLES,
    Agency,
    Appointment,
    Office,
    Place,
    Seat,
    Token,
    Unit,
    User,
    path_of,
)
from agencies.people.allowed_domains import domain_faults
from agencies.people.pasted_people import Pasted, read_people
from agencies.people.services import agencies as agency_services
from agencies.people.services import appointments as appointment_services
from agencies.people.services import handing_over
from agencies.people.services.accounts import account_faults
from agencies.people.services.seats import end_faults, period_faults
from agencies.people.services.tokens import READ_WITH, USUAL_DAYS, scopes_of, token_faults
from agencies.typed.asking import Fault, example_day
from agencies.typed.fields import (
    DayAheadField,
    DayField,
    Form,
    LinesField,
    ReasonField,
    TextField,
    UploadField,
    VersionedForm,
    hide_te_reo,
    overwrite_data,
)
from agencies.wording.translation import list_in_words

security_log = structlog.get_logger("security")

# Shown beside each role where the user chooses one.
ROLES_IN_WORDS = {
    Seat.Role.CONTRIBUTOR: gettext_lazy("writes what the agency did"),
    Seat.Role.APPROVER: gettext_lazy(
        "submits the return that another person wrote, and manages the agency’s users"
    ),
    Seat.Role.OBSERVER: gettext_lazy("reads"),
    Seat.Role.COORDINATOR: gettext_lazy("runs the plan’s rounds, meetings and briefings"),
    Seat.Role.AUTHORISING_MANAGER: gettext_lazy("signs briefings"),
    Seat.Role.OIA_ADVISER: gettext_lazy("prepares answers to requests for official information"),
    Seat.Role.OIA_REVIEWER: gettext_lazy("agrees what is withheld from papers that are released"),
    Seat.Role.OIA_DECISION_MAKER: gettext_lazy(
        "signs decisions on requests for official information"
    ),
    Seat.Role.AUDITOR: gettext_lazy("reads the plans that the agency audits, and gives findings"),
    Seat.Role.MINISTERS_OFFICE: gettext_lazy(
        "reads the papers to its Minister and records the Minister’s answers"
    ),
}


class RoleField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Role"), coerce=Seat.Role, widget=forms.RadioSelect, **kwargs
        )

    def offer(self, roles: Iterable[Seat.Role]) -> None:
        self.choices = [(role.value, f"{role.label}: {ROLES_IN_WORDS[role]}") for role in roles]


class InviteForm(Form):
    FOLDED = ("to_on", "reason")
    FOLDS = gettext_lazy("Set a last day, or say why")

    name = TextField(label=gettext_lazy("Name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("Email address"), max_length=254)
    role = RoleField()
    from_on = DayField(label=gettext_lazy("First day"))
    to_on = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Only if you know the day on which they leave."),
    )
    reason = ReasonField(
        label=gettext_lazy("Why"), required=False, help_text=gettext_lazy("Kept in the history.")
    )

    def __init__(
        self, *args: Any, place: Place, roles: Iterable[Seat.Role], today: date, **kwargs: Any
    ) -> None:
        self.place, self.today = place, today
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = today
        self.fields["role"].offer(roles)  # type: ignore[attr-defined]

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        days = cleaned.get("from_on"), cleaned.get("to_on")
        yield from period_faults(self.place, *days, self.today)
        yield from domain_faults(cleaned.get("email") or "")


# The session's key for lines that were typed and not sent.
TYPED_PEOPLE = "people_to_invite"


# Of pasted people: 2,500 lines, and as many faults as a person reads.
MOST_LETTERS = 400_000
MOST_FAULTS = 30


def text_of(data: bytes) -> str:
    """Return the text of a CSV file, which Excel writes in its own code page unless it is told otherwise."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return text.replace("\r\n", "\n")


class InviteManyForm(Form):
    """Invite several people by pasted lines. `seen` stands for the doubts that the page asked about."""

    FOLDED = ("file", "reason")
    FOLDS = gettext_lazy("Use a CSV file, or say why")

    lines = LinesField(
        label=gettext_lazy("People to invite"),
        rows=10,
        max_length=MOST_LETTERS,
        help_text=gettext_lazy(
            "One person a line: name, email address, agency, role. For example: Police approver, "
            "approver@example.org, Police, approver"
        ),
    )
    file = UploadField(
        label=gettext_lazy("Or a CSV file of such lines"),
        required=False,
        accept=".csv,.txt",
        megabytes=1,
        help_text=gettext_lazy(
            "Its lines replace those above. You see them before anybody is invited."
        ),
    )
    reason = ReasonField(
        label=gettext_lazy("Why"), required=False, help_text=gettext_lazy("Kept in the history.")
    )
    seen = TextField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: User, today: date, **kwargs: Any) -> None:
        self.by, self.today = by, today
        self.pasted = Pasted([], [])
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "file" in self.errors or "lines" in self.errors:
            return cleaned
        if cleaned["file"]:
            cleaned["lines"] = text_of(cleaned["file"].read())
            overwrite_data(self, lines=cleaned["lines"])
        self.pasted = read_people(cleaned["lines"], by=self.by, on=self.today)
        if faults := self.pasted.faults:
            more = len(faults) - MOST_FAULTS
            says = _("{count} more lines cannot be read. Correct these first.").format(count=more)
            self.add_error("lines", [*faults[:MOST_FAULTS], *([says] if more > 0 else [])])
        elif not self.pasted.offers:
            self.add_error("lines", _("Enter at least one person."))
        elif self.pasted.is_asked_about and cleaned.get("seen") != self.pasted.digest:
            overwrite_data(self, seen=self.pasted.digest)
            doubtful = _("Some lines are in doubt. Check them, then send.")
            check = _("Check how the lines are understood, then send.")
            self.add_error(None, doubtful if self.pasted.doubtful else check)
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return {"offers": self.pasted.offers, "reason": self.cleaned_data["reason"]}


class Colleague(forms.ModelChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return f"{user.name} ({user.email})"


class CoverForm(Form):
    user = Colleague(
        label=gettext_lazy("Who covers"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose"),
    )
    role = RoleField()
    from_on = DayField(label=gettext_lazy("First day"))
    to_on = DayField(label=gettext_lazy("Last day of cover"))
    reason = ReasonField(
        label=gettext_lazy("Whose work is covered"),
        help_text=gettext_lazy("Kept in the history. Do not say why they are away."),
    )

    def __init__(self, *args: Any, agency: Agency, today: date, **kwargs: Any) -> None:
        self.agency, self.today = agency, today
        super().__init__(*args, **kwargs)
        here = Seat.objects.on(today).filter(agency=agency)
        colleagues = User.objects.filter(pk__in=here.values("user"), is_active=True)
        self.fields["user"].queryset = colleagues.order_by("name")  # type: ignore[attr-defined]
        self.fields["role"].offer(WRITING_ROLES)  # type: ignore[attr-defined]

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        days = cleaned.get("from_on"), cleaned.get("to_on")
        return period_faults(self.agency, *days, self.today)


class EndSeatForm(Form):
    """End a seat. `confirmed` is hidden until the service has raised `NobodyLeft`."""

    SOMETIMES = ("on",)

    AT_ONCE, ON_A_DAY = "at_once", "on_a_day"

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        error_messages={"required": gettext_lazy("Choose when the role ends.")},
        choices=[(ON_A_DAY, gettext_lazy("After a last day")), (AT_ONCE, gettext_lazy("Now"))],
        initial=ON_A_DAY,
        widget=forms.RadioSelect,
    )
    on = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Not needed if the role ends now."),
    )
    reason = ReasonField(
        label=gettext_lazy("Why the role ends"), help_text=gettext_lazy("Kept in the history.")
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("End the role anyway"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, seat: Seat, today: date, **kwargs: Any) -> None:
        self.seat = seat
        super().__init__(*args, **kwargs)
        if seat.from_on > today:
            # The seat has not begun, so it has no last day to enter.
            del self.fields["when"], self.fields["on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (
            cleaned.get("when") == self.ON_A_DAY
            and not cleaned.get("on")
            and "on" not in self.errors
        ):
            self.add_error(
                "on",
                _("Enter the last day, such as {day}.").format(day=example_day()),
            )
        return cleaned

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        is_on_a_day = cleaned.get("when") == self.ON_A_DAY and cleaned.get("on")
        return end_faults(self.seat, cleaned["on"]) if is_on_a_day else ()

    @property
    def ends_at_once(self) -> bool:
        return bool(self.cleaned_data.get("when", self.AT_ONCE) == self.AT_ONCE)

    def ask_to_confirm(self) -> None:
        self.fields["confirmed"].widget = forms.CheckboxInput()


class AddUnitForm(Form):
    name = TextField(label=gettext_lazy("Name of the unit"), max_length=UNIT_LENGTH)
    from_on = DayField(label=gettext_lazy("First day"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = today


class ChangeUnitForm(VersionedForm):
    """Rename a unit, or end it."""

    BEGINS_WITH = ("name", "to_on")

    name = TextField(label=gettext_lazy("Name of the unit"), max_length=UNIT_LENGTH)
    to_on = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Only if the unit ends."),
    )


class SeatUnitForm(Form):
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=gettext_lazy("No unit"),
    )

    def __init__(self, *args: Any, seat: Seat, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.on(today).filter(agency=seat.agency_id)
        self.fields["unit"].initial = seat.unit_id
        self.fields["unit"].queryset = units.order_by("name")  # type: ignore[attr-defined]


class SignatureForm(Form):
    """A form that signs: the signed-in user proves again who they are.

    Wrong passwords count with those of the sign-in page. The password is the only proof today; a
    second factor would be another field here.
    """

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("You sign with it, so we ask for it again."),
        error_messages={"required": gettext_lazy("Enter your password.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            security_log.info("signature_refused", user_id=self.user.pk)
            raise forms.ValidationError(_("The password is incorrect."))
        security_log.info("signature_confirmed", user_id=self.user.pk)
        return password


class WithdrawForm(Form):
    reason = ReasonField(
        label=gettext_lazy("Why"), required=False, help_text=gettext_lazy("Kept in the history.")
    )


class NewPersonForm(SetPasswordMixin, Form):
    """Ask an invited person without an account for a name and a password."""

    name = TextField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1, password2 = SetPasswordMixin.create_password_fields(
        label1=gettext_lazy("Password"), label2=gettext_lazy("Password again")
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password2"].help_text = ""
        self.fields["password1"].help_text = _(
            "At least 12 characters. Four unrelated words are easy to remember."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        person = User(email=self.email, name=cleaned.get("name", ""))
        self.validate_passwords()
        self.validate_password_for_user(person, "password1")
        return cleaned


class AgencyForm(Form):
    """Add an agency."""

    FOLDED = ("name_mi", "valid_from", "valid_to", "successor")
    FOLDS = gettext_lazy("Add another name, days or a successor")

    short_name = TextField(
        label=gettext_lazy("Short name"),
        max_length=30,
        help_text=gettext_lazy(
            "As people write it in tables: Police, MOH. Each agency has its own."
        ),
    )
    name = TextField(
        label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("As printed on papers.")
    )
    name_mi = TextField(label=gettext_lazy("Name in te reo Māori"), max_length=200, required=False)
    valid_from = DayField(
        label=gettext_lazy("First day"),
        required=False,
        help_text=gettext_lazy("Only if it began during a plan."),
    )
    valid_to = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Only if it has ended, or ends on a known day."),
    )
    successor = forms.ModelChoiceField(
        label=gettext_lazy("Successor"),
        required=False,
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy(
            "Takes over its work: after the last day you can hand over all that it holds."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hide_te_reo(self.fields, "name_mi")
        self.fields["successor"].queryset = Agency.objects.in_order()  # type: ignore[attr-defined]

    @property
    def typed_for(self) -> Agency:
        """The agency whose other fields the faults are of."""
        return Agency()

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        agency = self.typed_for
        for field in agency_services.FIELDS:
            setattr(agency, field, cleaned.get(field) or ("" if "name" in field else None))
        return agency_services.agency_faults(agency)


class ChangeAgencyForm(VersionedForm, AgencyForm):
    """Change an agency's names, days and successor."""

    BEGINS_WITH = agency_services.FIELDS

    reason = ReasonField(
        label=gettext_lazy("Why it changes"), help_text=gettext_lazy("Kept in the history.")
    )

    def __init__(self, *args: Any, row: Agency, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        others = Agency.objects.exclude(pk=row.pk)
        self.fields["successor"].queryset = others.in_order()  # type: ignore[attr-defined]

    @property
    def typed_for(self) -> Agency:
        return Agency(pk=self.row.pk)


class HandOverForm(VersionedForm):
    """Hand over what an ended agency holds."""

    reason = ReasonField(
        label=gettext_lazy("Why its work goes there"),
        help_text=gettext_lazy("For example: the Order in Council. Kept in the history."),
    )

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        assert self.on is not None
        return handing_over.handing_over_faults(self.row, self.on)


class AccountForm(VersionedForm):
    """Change a person's name and address, and whether they administer."""

    BEGINS_WITH = ("name", "email")

    name = TextField(label=gettext_lazy("Name"), max_length=150)
    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        help_text=gettext_lazy(
            "They sign in with it. We’ll email the old address about a new one."
        ),
    )
    is_administrator = forms.BooleanField(
        label=gettext_lazy("Administrator"),
        required=False,
        help_text=gettext_lazy("Manages agencies and people, but no plan."),
    )
    reason = ReasonField(
        label=gettext_lazy("Why it changes"), help_text=gettext_lazy("Kept in the history.")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        self.by = by
        super().__init__(*args, **kwargs)

    def start(self, row: User) -> dict[str, Any]:
        return {**super().start(row), "is_administrator": row.is_superuser}

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        return account_faults(
            self.row,
            email=cleaned.get("email"),
            is_administrator=bool(cleaned.get("is_administrator")),
            by=self.by,
        )


class AccountStateForm(VersionedForm):
    """Close an account, or open it again."""

    reason = ReasonField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("Kept in the history.")
    )


class ResetSecondStepForm(VersionedForm):
    """Reset the second step of a person who lost it."""

    reason = ReasonField(
        label=gettext_lazy("How you know that it is lost"),
        help_text=gettext_lazy("For example: she rang from her desk number. Kept in the history."),
    )


class FindPeopleForm(Form):
    q = TextField(
        label=gettext_lazy("Name, address or agency"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class PlaceForm(Form):
    """Choose an agency that exists on the day, or a Minister's office."""

    place = forms.ChoiceField(
        label=gettext_lazy("Agency or Minister’s office"),
        error_messages={"required": gettext_lazy("Choose an agency or a Minister’s office.")},
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: list[Place] = list(Agency.objects.valid_on(on).in_order())
        places += [Office(portfolio) for portfolio in Appointment.objects.portfolios()]
        self.places = {path_of(place): place for place in places}
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((path, place.name) for path, place in self.places.items()),
        ]

    def clean_place(self) -> Place:
        return self.places[self.cleaned_data["place"]]


THEIRS = gettext_lazy(
    "A plan of another agency reports to this Minister. Its coordinators record who holds the portfolio."
)


class AppointForm(Form):
    """The appointment of a Minister: a portfolio that the user keeps, its holder, and the days."""

    portfolio = TextField(
        label=gettext_lazy("Portfolio"),
        max_length=150,
        help_text=format_lazy(
            gettext_lazy("As printed: {example}."), example=settings.PORTFOLIO_EXAMPLE
        ),
    )
    minister = TextField(
        label=gettext_lazy("Minister"),
        max_length=150,
        help_text=gettext_lazy("As papers print the name, with its title."),
        error_messages={"required": gettext_lazy("Enter the Minister.")},
    )
    from_on = DayField(label=gettext_lazy("First day"))
    to_on = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Only if it has ended, or ends on a known day."),
    )
    reason = ReasonField(
        label=gettext_lazy("Why"), required=False, help_text=gettext_lazy("Kept in the history.")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        self.by = by
        super().__init__(*args, **kwargs)

    @property
    def recorded(self) -> Appointment:
        """The appointment that the faults are of."""
        return Appointment()

    def clean_portfolio(self) -> str:
        typed = self.cleaned_data["portfolio"]
        portfolio = appointment_services.spelling_of(typed, self.recorded)
        if not self.by.has_perm("agencies.keep_portfolio", Office(portfolio)):
            raise forms.ValidationError(THEIRS)
        return portfolio

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if cleaned.get("from_on") is None:
            return ()
        appointment = self.recorded
        appointment.portfolio = cleaned.get("portfolio", "")
        appointment.from_on, appointment.to_on = cleaned["from_on"], cleaned.get("to_on")
        return appointment_services.appointment_faults(appointment)


class CorrectAppointmentForm(VersionedForm, AppointForm):
    BEGINS_WITH = ("portfolio", "minister", "from_on", "to_on")

    reason = ReasonField(
        label=gettext_lazy("Why it is corrected"), help_text=gettext_lazy("Kept in the history.")
    )

    @property
    def recorded(self) -> Appointment:
        return Appointment(pk=self.row.pk)


class EndAppointmentForm(VersionedForm):
    to_on = DayField(label=gettext_lazy("Last day in office"))
    reason = ReasonField(
        label=gettext_lazy("Why it ends"), help_text=gettext_lazy("Kept in the history.")
    )


class MakeTokenForm(Form):
    """A token of one of the person's roles. `seat` is shown only if there are several to choose from."""

    name = TextField(
        label=gettext_lazy("Which program will use it"),
        max_length=100,
        help_text=gettext_lazy("So that you know it again later: “Power BI of the policy team”."),
    )
    seat = forms.ChoiceField(
        label=gettext_lazy("With the rights of which role"), widget=forms.RadioSelect
    )
    scope = forms.ChoiceField(label=gettext_lazy("What it may do"), widget=forms.RadioSelect)
    expires_on = DayAheadField(
        label=gettext_lazy("Last day on which it works"),
        help_text=gettext_lazy("A year from today at the latest."),
    )

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.places: dict[str, Seat | None] = {str(each.pk): each for each in user.current_seats}
        if user.has_perm("agencies.administer"):
            self.places["administrator"] = None
        fields: dict[str, Any] = self.fields
        if len(self.places) < 2:
            del self.fields["seat"]
        else:
            # None is chosen beforehand: a key of the wrong role reads the wrong plan.
            fields["seat"].choices = [
                (key, _role_in_words(seat)) for key, seat in self.places.items()
            ]
        offered = {scope for seat in self.places.values() for scope in scopes_of(seat)}
        scopes = [(each.value, each.label) for each in Token.Scope if each in offered]
        fields["scope"].choices = scopes
        fields["scope"].initial = scopes[0][0] if scopes else None
        fields["expires_on"].initial = today + timedelta(days=USUAL_DAYS)

    @property
    def chosen_seat(self) -> Seat | None:
        """The chosen seat; None for the administrator's own."""
        return self.places[self.cleaned_data.get("seat") or next(iter(self.places))]

    def clean(self) -> dict[str, Any]:
        if not self.places:
            raise forms.ValidationError(_("You have no role today, so a key would open nothing."))
        return super().clean() or {}

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if self.places and (cleaned.get("seat") or len(self.places) == 1):
            yield from token_faults(
                scope=cleaned.get("scope", ""),
                seat=self.chosen_seat,
                expires_on=cleaned.get("expires_on"),
                today=self.today,
            )


def _role_in_words(seat: Seat | None) -> str:
    """Return the role with the plans that it reads: "Coordinator, DoL: reads “Plan of Action”"."""
    if seat is None:
        return _("Administrator of the register: reads no plan")
    role = f"{seat.get_role_display()}, {seat.place.short_name}"
    titles = [f"“{title}”" for titles_of in READ_WITH for title in titles_of(seat)]
    if not titles:
        return _("{role}: reads no plan").format(role=role)
    return _("{role}: reads {plans}").format(role=role, plans=list_in_words(titles))


class RevokeTokenForm(Form):
    reason = ReasonField(
        label=gettext_lazy("Why"), required=False, help_text=gettext_lazy("Kept in the history.")
    )
