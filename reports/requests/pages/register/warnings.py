"""Base of the forms that ask why each warning is accepted."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from agencies.typed.fields import Form, LinesField
from reports.requests.models.request import NOTE_LENGTH
from reports.requests.services.deciding import Warned


class LeavesWarnings(Form):
    """A box for each warning, filled with the reason that was given before. Papers in scope that are not listed, with
    the same reason or none yet, have one box."""

    def __init__(self, *args: Any, warnings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = _asked_at_once(warnings)
        self.names = {f"warning-{number}": each for number, each in enumerate(asked)}
        for name, each in self.names.items():
            first = each[0]
            label = first.question or _("{sentence} Why do you leave it?").format(
                sentence=first.sentence
            )
            if len(each) > 1:
                label = _(
                    "Why are these {count} papers of days in scope not in the schedule?"
                ).format(count=len(each))
            self.fields[name] = LinesField(
                label=label,
                help_text="; ".join(one.paper for one in each) if len(each) > 1 else "",
                required=True,
                initial=first.reason,
                rows=2,
                max_length=NOTE_LENGTH,
                error_messages={"required": _("Fix it, or say why you leave it.")},
            )

    @property
    def warnings_left(self) -> dict[str, str]:
        return {
            one.key: self.cleaned_data.get(name, "")
            for name, each in self.names.items()
            for one in each
        }


def _asked_at_once(warnings: Iterable[Warned]) -> list[list[Warned]]:
    found: dict[str | int, list[Warned]] = {}
    for number, each in enumerate(warnings):
        found.setdefault(each.reason if each.paper else number, []).append(each)
    return list(found.values())
