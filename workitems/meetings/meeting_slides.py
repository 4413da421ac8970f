"""The slides of a meeting: opening, agenda, one a matter, and closing. Pure; reads no rows itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy

from workitems.models import Matter, Meeting

OPENING, AGENDA, CLOSING = "opening", "agenda", "closing"
TITLES = {
    OPENING: gettext_lazy("How we are going"),
    AGENDA: gettext_lazy("Agenda"),
    CLOSING: gettext_lazy("Decisions and actions"),
}


@dataclass(frozen=True)
class Slide:
    """A slide. `key` is stable while matters move; `query` finds it on the meeting screen."""

    key: str
    title: str
    query: str
    matter: Matter | None = None
    position: int = 0


def slides_of(matters: Sequence[Matter]) -> list[Slide]:
    """Return the slides of an agenda, in order."""
    own = [
        Slide(str(matter.pk), matter.title, f"?matter={number}", matter, number)
        for number, matter in enumerate(matters, start=1)
    ]
    first, second, last = (Slide(key, str(TITLES[key]), f"?slide={key}") for key in TITLES)
    return [first, second, *own, last]


def is_on(meeting: Meeting, on: date) -> bool:
    """Return whether members can follow the meeting: on its day, until its record is closed."""
    return meeting.held_on == on and not meeting.is_closed


def shown_slide(meeting: Meeting, slides: Sequence[Slide], on: date) -> Slide | None:
    """Return the slide that members are shown, or None if the meeting is not on or none is shown."""
    if not is_on(meeting, on):
        return None
    return next((slide for slide in slides if slide.key == meeting.slide), None)
