"""Forms for seats and invitations."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.forms import SetPasswordMixin

from agencies.asking import Fault, example_day
from agencies.fields import DayField, Form, ReasonField, TextField
from agencies.models import Agency, Place, Seat, User
from agencies.services.seats import end_faults, period_faults

# Shown beside each role where the user chooses one.
ROLES_IN_WORDS = {
    Seat.Role.CONTRIBUTOR: "writes what the agency did",
    Seat.Role.APPROVER: "also submits the agency’s return and manages its users",
    Seat.Role.OBSERVER: "reads",
    Seat.Role.COORDINATOR: "runs the plan’s rounds, meetings and briefings",
    Seat.Role.AUTHORISING_MANAGER: "signs briefings",
    Seat.Role.OIA_ADVISER: "prepares answers to requests for official information",
    Seat.Role.OIA_REVIEWER: "agrees what is withheld from papers that are released",
    Seat.Role.OIA_DECISION_MAKER: "signs decisions on requests for official information",
    Seat.Role.MINISTERS_OFFICE: "reads the papers to its Minister and records the Minister’s answers",
}
COVER_ROLES = (Seat.Role.CONTRIBUTOR, Seat.Role.APPROVER)


class RoleField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Role", coerce=Seat.Role, widget=forms.RadioSelect, **kwargs)

    def offer(self, roles: Iterable[Seat.Role]) -> None:
        self.choices = [(role.value, f"{role.label}: {ROLES_IN_WORDS[role]}") for role in roles]


class InviteForm(Form):
    name = TextField(label="Name", max_length=150)
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = RoleField()
    from_on = DayField(label="First day")
    to_on = DayField(
        label="Last day", required=False, help_text="Only if they leave on a known day."
    )
    reason = ReasonField(label="Why", required=False, help_text="Kept in the history.")

    def __init__(
        self, *args: Any, place: Place, roles: Iterable[Seat.Role], today: date, **kwargs: Any
    ) -> None:
        self.place, self.today = place, today
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = today
        self.fields["role"].offer(roles)  # type: ignore[attr-defined]

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        days = cleaned.get("from_on"), cleaned.get("to_on")
        return period_faults(self.place, *days, self.today)


class Colleague(forms.ModelChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return f"{user.name} ({user.email})"


class CoverForm(Form):
    user = Colleague(label="Who covers", queryset=User.objects.none(), empty_label="Choose")
    role = RoleField()
    from_on = DayField(label="First day")
    to_on = DayField(label="Last day of cover")
    reason = ReasonField(
        label="Whose work is covered",
        help_text="Kept in the history. Do not say why they are away.",
    )

    def __init__(self, *args: Any, agency: Agency, today: date, **kwargs: Any) -> None:
        self.agency, self.today = agency, today
        super().__init__(*args, **kwargs)
        here = Seat.objects.on(today).filter(agency=agency)
        colleagues = User.objects.filter(pk__in=here.values("user"), is_active=True)
        self.fields["user"].queryset = colleagues.order_by("name")  # type: ignore[attr-defined]
        self.fields["role"].offer(COVER_ROLES)  # type: ignore[attr-defined]

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        days = cleaned.get("from_on"), cleaned.get("to_on")
        return period_faults(self.agency, *days, self.today)


class EndSeatForm(Form):
    """End a seat. `confirmed` is hidden until the service has raised `NobodyLeft`."""

    SOMETIMES = ("on",)

    AT_ONCE, ON_A_DAY = "at_once", "on_a_day"

    when = forms.ChoiceField(
        label="When",
        error_messages={"required": "Choose when the seat ends."},
        choices=[(ON_A_DAY, "After a last day"), (AT_ONCE, "At once")],
        initial=ON_A_DAY,
        widget=forms.RadioSelect,
    )
    on = DayField(
        label="Last day", required=False, help_text="Not needed if the seat ends at once."
    )
    reason = ReasonField(label="Why the seat ends", help_text="Kept in the history.")
    confirmed = forms.BooleanField(
        label="End the seat anyway", required=False, widget=forms.HiddenInput
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
            self.add_error("on", f"Enter the last day, such as {example_day()}.")
        return cleaned

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        is_on_a_day = cleaned.get("when") == self.ON_A_DAY and cleaned.get("on")
        return end_faults(self.seat, cleaned["on"]) if is_on_a_day else ()

    @property
    def ends_at_once(self) -> bool:
        return bool(self.cleaned_data.get("when", self.AT_ONCE) == self.AT_ONCE)

    def ask_to_confirm(self) -> None:
        self.fields["confirmed"].widget = forms.CheckboxInput()


class SignatureForm(Form):
    """A form that signs: the signed-in user proves again who they are.

    Wrong passwords count with those of the sign-in page. The password is the only proof today; a
    second factor would be another field here.
    """

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="You sign with it, so we ask for it again.",
        error_messages={"required": "Enter your password."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError("The password is incorrect.")
        return password


class WithdrawForm(Form):
    reason = ReasonField(label="Why", required=False, help_text="Kept in the history.")


class NewPersonForm(SetPasswordMixin, Form):
    """Ask an invited person without an account for a name and a password."""

    name = TextField(
        label="Your name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password1, password2 = SetPasswordMixin.create_password_fields(
        label1="Password", label2="Repeat the password"
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password2"].help_text = ""
        self.fields[
            "password1"
        ].help_text = "At least 12 characters. Four unrelated words are easy to remember."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        person = User(email=self.email, name=cleaned.get("name", ""))
        self.validate_passwords()
        self.validate_password_for_user(person, "password1")
        return cleaned
