"""The plan's life as a rail: any day of it can be shown, and any earlier day compared with.

The rail is drawn without a query of its own from the meetings and briefings that the page has read; how many
items were late on each day is read from history when the browser asks for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _

from agencies.wording.translation import day_words
from reports.progress.view import Earlier, PlanView
from workitems.models import Meeting

# A tick closer than this to the one after it, in hundredths of the rail, has no words of its own.
APART = 12


@dataclass(frozen=True)
class Tick:
    """A meeting or briefing on the rail. `place` is its place in percent, from the left."""

    day: date
    key: str
    words: str
    is_meeting: bool
    place: float
    has_words: bool = True

    @property
    def x(self) -> str:
        return f"{self.place:.2f}%"

    @property
    def label(self) -> str:
        return f"{self.day:%-d %b}"


@dataclass(frozen=True)
class Scrubber:
    """The rail of a view. `events` are the meetings and briefings before the day shown that a reader may choose, newest
    first; `coming` is the next meeting, if there is one."""

    view: PlanView
    today: date
    events: Sequence[Earlier]
    coming: Meeting | None = None

    @property
    def first(self) -> date:
        """The day on which the rail begins: that of the plan's release, or of the first event before it."""
        days = [each.moment.on for each in self.events]
        return min([self.view.plan.released_on, self.view.at.on, *days])

    @property
    def until(self) -> date:
        """The last day that can be shown: today, or the end of an ended plan."""
        end = self.view.plan.ends_on
        return min(self.today, end) if end else self.today

    @cached_property
    def last(self) -> date:
        """The day on which the rail ends: the next meeting if it is near, so that it has a tick."""
        span = max((self.until - self.first).days, 30)
        ahead = self.coming.held_on if self.coming else self.until
        return min(max(ahead, self.until), self.until + timedelta(days=span // 6 + 1))

    def place(self, day: date) -> float:
        return 100 * (day - self.first).days / max((self.last - self.first).days, 1)

    def x(self, day: date) -> str:
        return f"{min(max(self.place(day), 0), 100):.2f}%"

    @cached_property
    def ticks(self) -> list[Tick]:
        """Meetings and briefings, oldest first. Of those that stand close together only the last has its words."""
        found: list[Tick] = []
        after = 200.0
        for each in self.events_newest_first:
            place = self.place(each.moment.on)
            found.append(
                Tick(
                    day=each.moment.on,
                    key=each.moment.key,
                    words=each.words,
                    is_meeting=each.is_meeting,
                    place=place,
                    has_words=after - place > APART,
                )
            )
            if found[-1].has_words:
                after = place
        return found[::-1]

    @property
    def events_newest_first(self) -> list[Earlier]:
        return sorted(self.events, key=lambda each: each.moment.on, reverse=True)

    @property
    def before(self) -> Tick | None:
        """The last event before the day shown."""
        return next((each for each in reversed(self.ticks) if each.day < self.view.at.on), None)

    @property
    def _after(self) -> Tick | None:
        return next((each for each in self.ticks if each.day > self.view.at.on), None)

    @property
    def after_key(self) -> str:
        """The key of the first event after the day shown, or "" for the present."""
        return self._after.key if self._after else ""

    @property
    def after_words(self) -> str:
        return self._after.words if self._after else _("Today")

    @property
    def coming_x(self) -> str:
        return self.x(self.coming.held_on) if self.coming else ""

    @property
    def shown_x(self) -> str:
        return self.x(self.view.at.on)

    @property
    def since_x(self) -> str:
        return self.x(self.view.since.on) if self.view.since else "0%"

    @property
    def between(self) -> str:
        """The width between the two days."""
        if not self.view.since:
            return "0%"
        return f"{max(self.place(self.view.at.on) - self.place(self.view.since.on), 0):.2f}%"

    @property
    def words(self) -> str:
        """The day shown and the day compared with, in words."""
        day = (
            _("Today, {day}").format(day=day_words(self.view.at.on))
            if self.view.at.is_now
            else day_words(self.view.at.on)
        )
        if self.view.since is None:
            return day
        return _("{day}, beside {since}").format(day=day, since=day_words(self.view.since.on))
