"""Forms to mark an action as done and to reopen it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

from agencies.typed.asking import Fault
from agencies.typed.fields import DayField, ReasonField, VersionedForm
from workitems.meetings.services.actions import done_faults


class FinishForm(VersionedForm):
    done_on = DayField(label=gettext_lazy("Done on"))
    note = ReasonField(
        label=gettext_lazy("What was done"),
        help_text=gettext_lazy("The coordinator and the working group can read it."),
        error_messages={"required": gettext_lazy("Say in a few words what was done.")},
    )

    def __init__(self, *args: Any, row: Any, on: Any, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, row=row, **kwargs)

    def start(self, row: Any) -> dict[str, Any]:
        return {"done_on": self.on}

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        done_on = cleaned.get("done_on")
        return done_faults(self.row, done_on, self.on) if done_on and self.on else ()


class ReopenForm(VersionedForm):
    reason = ReasonField(
        label=gettext_lazy("What is still to be done"),
        help_text=gettext_lazy(
            "The agency reads this on its desk. We’ll email its contributors and approvers."
        ),
        error_messages={"required": gettext_lazy("Say what is still to be done.")},
    )
