"""The box for the portfolio that a plan reports to, which offers those that are recorded."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Appointment
from agencies.people.services.appointments import spelling_of
from agencies.typed.fields import TextField

NAMED = 5


class PortfolioInput(forms.TextInput):
    """A text box with a list of choices; anything else can be typed as well."""

    template_name = "django/forms/widgets/text_with_choices.html"
    choices: tuple[str, ...] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if self.choices:
            context["widget"]["attrs"]["list"] = f"choices-of-{name}"
        context["choices"] = self.choices
        return context


class PortfolioField(TextField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Portfolio"))
        super().__init__(max_length=150, widget=PortfolioInput(), **kwargs)

    def clean(self, value: Any) -> str:
        """Return the recorded spelling of the portfolio, ignoring case, or the text as it is typed."""
        return spelling_of(super().clean(value))


def offer_recorded(form: forms.Form, *, is_new: bool = False) -> None:
    """Offer the portfolios that are recorded. A new plan begins with the only one that is."""
    recorded = sorted(Appointment.objects.portfolios())
    box = form.fields["portfolio"]
    box.widget.choices = tuple(recorded)
    box.help_text = _("As printed, such as {example}.").format(example=settings.PORTFOLIO_EXAMPLE)
    if recorded:
        says = (
            _("As printed. Recorded under Ministers: {portfolios}, and others.")
            if len(recorded) > NAMED
            else _("As printed. Recorded under Ministers: {portfolios}.")
        )
        box.help_text = says.format(portfolios=", ".join(recorded[:NAMED]))

    if is_new and len(recorded) == 1:
        form.initial.setdefault("portfolio", recorded[0])
        form.initial["portfolio"] = form.initial["portfolio"] or recorded[0]
