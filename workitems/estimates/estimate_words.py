"""The reasons of an estimate in words, a sentence for each number."""

from django.utils.translation import gettext, gettext_lazy

from workitems.estimates.chances import LEAST, MOST, TIMES_USUAL, Chance, Line, Past, Rates
from workitems.estimates.outcomes import Sign, Signs
from workitems.known_dates import KnownDate
from workitems.spans import span_in_words
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
        else gettext("about {round} in 10").format(round=round(10 * chance))
    )


def band_in_words(band: tuple[int, int], due: int, until: str, *, is_past: bool = False) -> str:
    """Return "Of the 24 milestones due by 30 June 2027, 3 to 7 will probably be late."."""
    low, high = band
    verb = gettext("were expected to") if is_past else gettext("will probably")
    if due == 1:
        how = {(0, 0): gettext("be done on time"), (1, 1): gettext("be late")}.get(band)
        one = gettext("The only milestone due by {until}").format(until=until)
        if how is None:
            return f"{one} {'could have been' if is_past else 'may be'} late."
        return f"{one} {'was expected to' if is_past else verb} {how}."
    if high == 0:
        return gettext("All {due:,} milestones due by {until} {verb} be done on time.").format(
            due=due, until=until, verb=verb
        )
    if low == high:
        number = "all" if high == due else gettext("about {high:,}").format(high=high)
    else:
        number = (
            gettext("{low:,} to {high:,}").format(low=low, high=high)
            if low
            else gettext("at most {high:,}").format(high=high)
        )
    return gettext("Of the {due:,} milestones due by {until}, {number} {verb} be late.").format(
        due=due, until=until, number=number, verb=verb
    )


def sign_in_words(signs: Signs, agency: str, forecast: KnownDate | None) -> str:
    """Return what warns of a delay, as a sentence."""
    if signs.sign == Sign.EXPECTED_LATE:
        day = f" {forecast.by}" if forecast else " later"
        return gettext("{agency} itself expects it{day}.").format(agency=agency, day=day)
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
        return gettext("No date {such} has come yet{taken}.").format(such=such, taken=taken)
    if past.dates == 1:
        return gettext("The only date {such} so far was {words}.").format(
            such=such, words="missed" if past.missed else "met"
        )
    missed = f"{past.missed:,}" if past.missed else gettext("None")
    return gettext("{missed} of {dates:,} dates {such} {words} missed.").format(
        missed=missed, dates=past.dates, such=such, words="was" if past.missed == 1 else "were"
    )


def _such(sign: Sign) -> str:
    return gettext("without a warning") if sign == Sign.NONE else gettext("like this")


def _taken(sign: Sign, chance: Chance) -> str:
    """Return what is taken of a sign that no date has had yet."""
    if sign in TIMES_USUAL:
        return gettext(", so {of_sign} are taken to be missed").format(
            of_sign=in_ten(chance.of_sign)
        )
    return gettext(", so the rate of all dates is taken")


def agency_in_words(past: Past, agency: str) -> str:
    """Return "4 of Police’s last 6 dates were missed, more than usual." or "" without any date."""
    if not past.dates:
        return ""
    if past.dates == 1:
        return gettext("{agency}’s only date so far was {words}.").format(
            agency=agency, words="missed" if past.missed else "met"
        )
    missed = f"{past.missed:,}" if past.missed else gettext("None")
    verb = "was" if past.missed == 1 else "were"
    return gettext("{missed} of {agency}’s last {dates:,} dates {verb} missed{past}.").format(
        missed=missed, agency=agency, dates=past.dates, verb=verb, past=_compared(past)
    )


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
    cause = (
        gettext("the cause ({replace})").format(replace=line.date.signs.cause.replace("_", " "))
        if line.date.signs
        else ""
    )
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
        gettext("{first}% for dates {sign}")
        .format(first=first, sign=_such(line.date.signs.sign) if line.date.signs else "")
        .rstrip()
    )
    for points, name in steps:
        said += gettext(", {points} {words} for {name}").format(
            points=abs(points), words="more" if points > 0 else "less", name=name
        )
    if is_bounded:
        return gettext("{said}; never {words} {total}%.").format(
            said=said, words="below" if chance.chance == LEAST else "above", total=total
        )
    return f"{said}: {total}%." if steps else f"{said}."


def usual_in_words(rates: Rates) -> str:
    """Return "7 of the plan’s 32 dates that have come were missed."."""
    past = rates.all
    missed = f"{past.missed:,}" if past.missed else gettext("None")
    return gettext("{missed} of the plan’s {dates:,} dates that have come {words} missed.").format(
        missed=missed, dates=past.dates, words="was" if past.missed == 1 else "were"
    )


def own_record_in_words(agency: str, met: int, dates: int) -> str:
    """Return "Police met 4 of its 6 dates that have come."."""
    if not dates:
        return gettext("None of {agency}’s dates has come yet.").format(agency=agency)
    if met == dates:
        return gettext("{agency} met {words} so far.").format(
            agency=agency, words="its only date" if dates == 1 else f"all of its {dates:,} dates"
        )
    return gettext("{agency} met {met:,} of its {dates:,} dates so far.").format(
        agency=agency, met=met, dates=dates
    )
