"""Forms of a briefing's cover."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Field
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import DayField, TextField, VersionedForm
from agencies.wording.translation import StrOrPromise
from reports.briefings.services import COVER_FIELDS
from reports.models import MARKING_TOO_HIGH, NO_CONTACT, Briefing
from reports.models.briefing import marking_words


def text(name: str, **options: Any) -> TextField:
    """Return a text field of the column's length, required unless the column may be blank."""
    column = Briefing._meta.get_field(name)
    assert isinstance(column, Field)
    options.setdefault("required", not column.blank)
    options.setdefault(
        "error_messages", {"required": gettext_lazy("Fill this in. It is printed on the cover.")}
    )
    return TextField(max_length=column.max_length, **options)


def lines(name: str, rows: int = 2, **options: Any) -> TextField:
    return text(name, widget=forms.Textarea(attrs={"rows": rows}), **options)


def phone(name: str, label: StrOrPromise) -> TextField:
    return text(name, label=label, widget=forms.TextInput(attrs={"inputmode": "tel"}))


class CoverForm(VersionedForm):
    """All fields of the cover, the period and the date."""

    SOMETIMES = ("contact_name", "contact_role")

    title = text("title", label=gettext_lazy("Title"))
    tracker_number = text(
        "tracker_number",
        label=gettext_lazy("Tracker number"),
        help_text=gettext_lazy(
            "As in your register, such as 10/96252. You can add it later, before authorisation."
        ),
    )
    period_start = DayField(label=gettext_lazy("Reports from"))
    period_end = DayField(label=gettext_lazy("Reports to (last day)"))
    dated = DayField(
        label=gettext_lazy("Date of the briefing"),
        help_text=(
            gettext_lazy(
                "The paper uses the records as at this day and names who was Minister on it. Updates accepted "
                "later are not quoted."
            )
        ),
    )
    deadline = DayField(
        label=gettext_lazy("Deadline"),
        required=False,
        help_text=gettext_lazy("If blank, N/A is printed."),
    )
    action_sought = text("action_sought", label=gettext_lazy("Action sought"))
    marking = forms.ChoiceField(
        label=gettext_lazy("Security marking"),
        choices=lambda: [(each, marking_words(each)) for each in Briefing.Marking.values],
        widget=forms.RadioSelect,
        help_text=format_lazy(
            gettext_lazy("Nothing with a higher marking than {highest} may be written here."),
            highest=settings.MARKINGS[-1],
        ),
        error_messages={"invalid_choice": MARKING_TOO_HIGH},
    )
    copied_to = lines(
        "copied_to",
        label=gettext_lazy("Copied to"),
        help_text=gettext_lazy(
            "One name on each line. Say so before the paper goes to the agencies: if there is none, write N/A."
        ),
    )
    for_referral_to = lines(
        "for_referral_to",
        label=gettext_lazy("For referral to"),
        help_text=gettext_lazy("One name on each line. If blank, N/A is printed."),
    )
    agencies_consulted = lines(
        "agencies_consulted",
        label=gettext_lazy("Others consulted"),
        help_text=gettext_lazy(
            "Agencies other than those asked for clearance here, which are printed first. Separate them with "
            "commas."
        ),
    )
    contact_name = text(
        "contact_name",
        label=gettext_lazy("First contact: name"),
        help_text=gettext_lazy("A contact has a name, a role, or both."),
    )
    contact_role = text("contact_role", label=gettext_lazy("First contact: role"))
    contact_phone = phone("contact_phone", gettext_lazy("First contact: direct dial"))
    contact_mobile = phone("contact_mobile", gettext_lazy("First contact: mobile"))
    second_contact_name = text("second_contact_name", label=gettext_lazy("Second contact: name"))
    second_contact_role = text("second_contact_role", label=gettext_lazy("Second contact: role"))
    second_contact_phone = phone(
        "second_contact_phone", gettext_lazy("Second contact: direct dial")
    )
    second_contact_mobile = phone("second_contact_mobile", gettext_lazy("Second contact: mobile"))
    manager_name = text("manager_name", label=gettext_lazy("Authorising manager: name or role"))
    manager_role = text(
        "manager_role", label=gettext_lazy("Authorising manager: role, if you entered a name")
    )
    manager_phone = phone("manager_phone", gettext_lazy("Authorising manager: direct dial"))
    manager_mobile = phone("manager_mobile", gettext_lazy("Authorising manager: mobile"))
    on_behalf_of = text(
        "on_behalf_of",
        label=gettext_lazy("Signed on behalf of"),
        help_text=gettext_lazy(
            "Printed after “for” under the manager’s name, such as Secretary for Justice"
        ),
    )

    def start(self, row: Briefing) -> dict[str, Any]:
        return {name: getattr(row, name) for name in COVER_FIELDS}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("contact_name") and not cleaned.get("contact_role"):
            self.add_error("contact_name", NO_CONTACT)
        start, end, dated = (cleaned.get(name) for name in ("period_start", "period_end", "dated"))
        deadline = cleaned.get("deadline")
        if dated and deadline and deadline < dated:
            self.add_error("deadline", _("The deadline is before the date of the briefing."))
        if start and end and end <= start:
            self.add_error("period_end", _("The period ends before it begins."))
        elif end and dated and dated < end:
            self.add_error(
                "dated", _("Date the briefing on or after the last day that it reports on.")
            )
        return cleaned

    @property
    def period(self) -> tuple[date, date]:
        """The first and last day as typed or, of what is no day, as the briefing has them."""
        typed = getattr(self, "cleaned_data", {})
        start, end = (typed.get(name) for name in ("period_start", "period_end"))
        return start or self.row.period_start, end or self.row.period_end

    @property
    def cover(self) -> dict[str, Any]:
        """The cleaned values for services, with newlines as line ends."""
        values = {name: self.cleaned_data[name] for name in COVER_FIELDS}
        return {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in values.items()
        }

    def arguments(self) -> dict[str, Any]:
        return {"version": self.cleaned_data["version"], **self.cover}


class NewCoverForm(CoverForm):
    """The cover of a new briefing. Without a title it takes its kind's."""

    title = text(
        "title",
        label=gettext_lazy("Title, if different from its kind"),
        required=False,
        help_text=gettext_lazy("If blank, it has the title of its kind."),
    )

    def start(self, row: Briefing) -> dict[str, Any]:
        return {**super().start(row), "title": ""}

    def fill_title(self, title: str) -> bool:
        """Fill in a blank title. Return False, with an error at the field, if it is too long."""
        most = self.fields["title"].max_length  # type: ignore[attr-defined]
        if not self.cleaned_data["title"]:
            if len(title) > most:
                self.add_error(
                    "title",
                    _(
                        "The title of its kind would be {length} characters long; the limit is {most}. Type a "
                        "shorter one."
                    ).format(length=len(title), most=most),
                )
                return False
            self.cleaned_data["title"] = title
        return True
