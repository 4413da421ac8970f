"""The reasons of an estimate in words, a sentence for each number."""

from django.utils.translation import gettext, gettext_lazy, ngettext

from workitems.estimates.chances import LEAST, MOST, TIMES_USUAL, Chance, Line, Past, Rates
from workitems.estimates.outcomes import Sign, Signs
from workitems.known_dates import KnownDate
from workitems.spans import span_in_words
from workitems.standing import CAUSES as CAUSE_NAMES
from workitems.standing import times_in_words

CONFIDENCE = {"at_risk": gettext_lazy("at risk"), "off_track": gettext_lazy("off track")}
# What delays a milestone, within a sentence.
CAUSES = {
    "funding": gettext_lazy("by funding"),
    "prior_commitments": gettext_lazy("by prior commitments"),
    "staffing": gettext_lazy("by staffing"),
    "another_agency": gettext_lazy("by another agency"),
    "legislation": gettext_lazy("by legislation"),
    "procurement": gettext_lazy("by procurement"),
    "consultation": gettext_lazy("by consultation"),
    "outside_event": gettext_lazy("by an outside event"),
    "other": gettext_lazy("by another cause"),
}


def percent(chance: float) -> int:
    return round(100 * chance)


def in_ten(chance: float) -> str:
    """Return "about 6 in 10"."""
    if chance < 0.1:
        return gettext("less than 1 in 10")
    return (
        gettext("more than 9 in 10")
        if chance > 0.9
        else gettext("about {number} in 10").format(number=round(10 * chance))
    )


def band_in_words(band: tuple[int, int], due: int, until: str, *, is_past: bool = False) -> str:
    """Return "Of the 24 milestones due by 30 June 2027, 3 to 7 will probably be late."."""
    low, high = band
    if due == 1:
        return _band_of_one(band, until, is_past)
    if high == 0:
        says = (
            gettext("All {due:,} milestones due by {day} were expected to be done on time.")
            if is_past
            else gettext("All {due:,} milestones due by {day} will probably be done on time.")
        )
        return says.format(due=due, day=until)
    if low == high:
        number = gettext("all") if high == due else gettext("about {number:,}").format(number=high)
    elif low:
        number = gettext("{low:,} to {high:,}").format(low=low, high=high)
    else:
        number = gettext("at most {number:,}").format(number=high)
    says = (
        gettext("Of the {due:,} milestones due by {day}, {number} were expected to be late.")
        if is_past
        else gettext("Of the {due:,} milestones due by {day}, {number} will probably be late.")
    )
    return says.format(due=due, day=until, number=number)


def _band_of_one(band: tuple[int, int], until: str, is_past: bool) -> str:
    if band == (0, 0):
        says = (
            gettext("The only milestone due by {day} was expected to be done on time.")
            if is_past
            else gettext("The only milestone due by {day} will probably be done on time.")
        )
    elif band == (1, 1):
        says = (
            gettext("The only milestone due by {day} was expected to be late.")
            if is_past
            else gettext("The only milestone due by {day} will probably be late.")
        )
    else:
        says = (
            gettext("The only milestone due by {day} could have been late.")
            if is_past
            else gettext("The only milestone due by {day} may be late.")
        )
    return says.format(day=until)


def sign_in_words(signs: Signs, agency: str, forecast: KnownDate | None) -> str:
    """Return what warns of a delay, as a sentence."""
    if signs.sign == Sign.EXPECTED_LATE:
        if forecast is None:
            return gettext("{agency} itself expects it later.").format(agency=agency)
        return gettext("{agency} itself expects it {by_day}.").format(
            agency=agency, by_day=forecast.by
        )
    if signs.sign == Sign.IN_DOUBT:
        own = CONFIDENCE.get(signs.confidence)
        reviewers = CONFIDENCE.get(signs.reviewer_confidence)
        if own and reviewers and own != reviewers:
            return gettext(
                "The item’s agency says it is {own}; the reviewer rates it {reviewers}."
            ).format(own=own, reviewers=reviewers)
        return (
            gettext("The item’s agency says it is {own}.").format(own=own)
            if own
            else gettext("The reviewer rates it {reviewers}.").format(reviewers=reviewers)
        )
    if signs.sign == Sign.MOVED:
        return gettext("Its date has moved {times}.").format(times=times_in_words(signs.moves))
    if signs.sign == Sign.NO_UPDATE:
        return gettext("No update was accepted for {time}.").format(
            time=span_in_words(signs.silent_days)
        )
    return gettext("Nothing points to a delay.")


def record_in_words(past: Past, such: str, *, taken: str = "") -> str:
    """Return "3 of 7 dates like this were missed.", of dates with what `such` says. `taken` says what is
    taken instead of a record."""
    if not past.dates:
        return gettext("No date {like_this} has come yet{taken}.").format(
            like_this=such, taken=taken
        )
    if past.dates == 1:
        says = (
            gettext("The only date {like_this} so far was missed.")
            if past.missed
            else gettext("The only date {like_this} so far was met.")
        )
        return says.format(like_this=such)
    if not past.missed:
        return gettext("None of {dates:,} dates {like_this} were missed.").format(
            dates=past.dates, like_this=such
        )
    return ngettext(
        "{count:,} of {dates:,} dates {like_this} was missed.",
        "{count:,} of {dates:,} dates {like_this} were missed.",
        past.missed,
    ).format(count=past.missed, dates=past.dates, like_this=such)


def _such(sign: Sign) -> str:
    return gettext("without a warning") if sign == Sign.NONE else gettext("like this")


def _taken(sign: Sign, chance: Chance) -> str:
    """Return what is taken of a sign that no date has had yet."""
    if sign in TIMES_USUAL:
        return gettext(", so {share} are taken to be missed").format(share=in_ten(chance.of_sign))
    return gettext(", so the rate of all dates is taken")


def agency_in_words(past: Past, agency: str) -> str:
    """Return "4 of Police’s last 6 dates were missed, more than usual." or "" without any date."""
    if not past.dates:
        return ""
    if past.dates == 1:
        says = (
            gettext("{agency}’s only date so far was missed.")
            if past.missed
            else gettext("{agency}’s only date so far was met.")
        )
        return says.format(agency=agency)
    if not past.missed:
        return gettext("None of {agency}’s last {dates:,} dates were missed{compared}.").format(
            agency=agency, dates=past.dates, compared=_compared(past)
        )
    return ngettext(
        "{count:,} of {agency}’s last {dates:,} dates was missed{compared}.",
        "{count:,} of {agency}’s last {dates:,} dates were missed{compared}.",
        past.missed,
    ).format(count=past.missed, agency=agency, dates=past.dates, compared=_compared(past))


def _compared(past: Past) -> str:
    points = percent(past.difference)
    if points >= 3:
        return gettext(", more than usual")
    return gettext(", fewer than usual") if points <= -3 else ""


def reasons(line: Line, agency: str, forecast: KnownDate | None = None) -> list[str]:
    """Return the reasons of a date's chance, the sign first."""
    signs, chance = line.date.signs, line.chance
    if signs is None:
        return []
    found = [
        sign_in_words(signs, agency, forecast),
        record_in_words(chance.sign, _such(signs.sign), taken=_taken(signs.sign, chance)),
        agency_in_words(chance.agency, agency),
    ]
    if signs.cause:
        found.append(gettext("It is delayed {cause}.").format(cause=CAUSES[signs.cause]))
        if chance.cause.dates:
            found.append(record_in_words(chance.cause, gettext("with this cause")))
    return [each for each in found if each]


def sum_in_words(line: Line, agency: str) -> str:
    """Return the calculation: "62% for dates like this, 5 more for Police: 67%."."""
    chance = line.chance
    code = line.date.signs.cause if line.date.signs else ""
    cause = gettext("the cause ({cause})").format(cause=CAUSE_NAMES.get(code, code))
    steps = [
        (points, name)
        for past, name in ((chance.agency, agency), (chance.cause, cause))
        if (points := percent(past.difference))
    ]
    total = percent(chance.chance)
    is_bounded = chance.chance in (LEAST, MOST)
    # Rounded so that the numbers shown add up.
    first = percent(chance.of_sign) if is_bounded else total - sum(points for points, _ in steps)
    said = (
        gettext("{percent} for dates {like_this}")
        .format(
            percent=f"{first}%", like_this=_such(line.date.signs.sign) if line.date.signs else ""
        )
        .rstrip()
    )
    for points, name in steps:
        more = gettext(", {points} more for {name}")
        less = gettext(", {points} less for {name}")
        said += (more if points > 0 else less).format(points=abs(points), name=name)
    if is_bounded:
        says = (
            gettext("{sum}; never below {percent}.")
            if chance.chance == LEAST
            else gettext("{sum}; never above {percent}.")
        )
        return says.format(sum=said, percent=f"{total}%")
    return f"{said}: {total}%." if steps else f"{said}."


def usual_in_words(rates: Rates) -> str:
    """Return "7 of the plan’s 32 dates that have come were missed."."""
    past = rates.all
    if not past.missed:
        return gettext("None of the plan’s {dates:,} dates that have come were missed.").format(
            dates=past.dates
        )
    return ngettext(
        "{count:,} of the plan’s {dates:,} dates that have come was missed.",
        "{count:,} of the plan’s {dates:,} dates that have come were missed.",
        past.missed,
    ).format(count=past.missed, dates=past.dates)


def own_record_in_words(agency: str, met: int, dates: int) -> str:
    """Return "Police met 4 of its 6 dates that have come."."""
    if not dates:
        return gettext("None of {agency}’s dates has come yet.").format(agency=agency)
    if met == dates:
        return ngettext(
            "{agency} met its only date so far.",
            "{agency} met all of its {count:,} dates so far.",
            dates,
        ).format(agency=agency, count=dates)
    return gettext("{agency} met {met:,} of its {dates:,} dates so far.").format(
        agency=agency, met=met, dates=dates
    )
