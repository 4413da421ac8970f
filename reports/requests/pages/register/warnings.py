"""Base of the forms that ask why each warning is accepted."""

from typing import Any

from django.utils.translation import gettext as _

from agencies.typed.fields import Form, LinesField
from reports.requests.models.request import NOTE_LENGTH


class LeavesWarnings(Form):
    """A box for each warning (`deciding.Warned`), filled with the reason that was given before."""

    def __init__(self, *args: Any, warnings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {f"warning-{number}": each for number, each in enumerate(warnings)}
        for name, each in self.names.items():
            self.fields[name] = LinesField(
                label=each.question
                or _("{sentence} Why do you leave it?").format(sentence=each.sentence),
                required=True,
                initial=each.reason,
                rows=2,
                max_length=NOTE_LENGTH,
                error_messages={"required": _("Fix it, or say why you leave it.")},
            )

    @property
    def warnings_left(self) -> dict[str, str]:
        return {each.key: self.cleaned_data.get(name, "") for name, each in self.names.items()}
