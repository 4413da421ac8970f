"""The form of a briefing's steps."""

from agencies.typed.fields import Form, ReasonField
from agencies.wording.translation import StrOrPromise


class StepForm(Form):
    """One reason, with a label for the step."""

    reason = ReasonField(max_length=1000)

    def __init__(self, *args: object, label: StrOrPromise, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].label = label
