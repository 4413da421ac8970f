"""The reasons of an estimate in words, a sentence for each number."""

from workitems.estimates.chances import LEAST, MOST, TIMES_USUAL, Chance, Line, Past, Rates
from workitems.estimates.outcomes import Sign, Signs
from workitems.known_dates import KnownDate
from workitems.spans import span_in_words
from workitems.standing import times_in_words

CONFIDENCE = {"at_risk": "at risk", "off_track": "off track"}
# What delays a milestone, within a sentence.
CAUSES = {
    "funding": "by funding",
    "prior_commitments": "by prior commitments",
    "staffing": "by staffing",
    "another_agency": "by another agency",
    "legislation": "by legislation",
    "procurement": "by procurement",
    "consultation": "by consultation",
    "outside_event": "by an outside event",
    "other": "by another cause",
}


def percent(chance: float) -> int:
    return round(100 * chance)


def in_ten(chance: float) -> str:
    """Return "about 6 in 10"."""
    if chance < 0.1:
        return "less than 1 in 10"
    return "more than 9 in 10" if chance > 0.9 else f"about {round(10 * chance)} in 10"


def band_in_words(band: tuple[int, int], due: int, until: str, *, is_past: bool = False) -> str:
    """Return "Of the 24 milestones due by 30 June 2027, 3 to 7 will probably be late."."""
    low, high = band
    verb = "were expected to" if is_past else "will probably"
    if due == 1:
        how = {(0, 0): "be done on time", (1, 1): "be late"}.get(band)
        one = f"The only milestone due by {until}"
        if how is None:
            return f"{one} {'could have been' if is_past else 'may be'} late."
        return f"{one} {'was expected to' if is_past else verb} {how}."
    if high == 0:
        return f"All {due:,} milestones due by {until} {verb} be done on time."
    if low == high:
        number = "all" if high == due else f"about {high:,}"
    else:
        number = f"{low:,} to {high:,}" if low else f"at most {high:,}"
    return f"Of the {due:,} milestones due by {until}, {number} {verb} be late."


def sign_in_words(signs: Signs, agency: str, forecast: KnownDate | None) -> str:
    """Return what warns of a delay, as a sentence."""
    if signs.sign == Sign.EXPECTED_LATE:
        day = f" {forecast.by}" if forecast else " later"
        return f"{agency} itself expects it{day}."
    if signs.sign == Sign.IN_DOUBT:
        own = CONFIDENCE.get(signs.confidence)
        reviewers = CONFIDENCE.get(signs.reviewer_confidence)
        if own and reviewers and own != reviewers:
            return f"The item’s agency says it is {own}; the reviewer rates it {reviewers}."
        return (
            f"The item’s agency says it is {own}." if own else f"The reviewer rates it {reviewers}."
        )
    if signs.sign == Sign.MOVED:
        return f"Its date has moved {times_in_words(signs.moves)}."
    if signs.sign == Sign.NO_UPDATE:
        return f"No update was accepted for {span_in_words(signs.silent_days)}."
    return "Nothing points to a delay."


def record_in_words(past: Past, such: str, *, taken: str = "") -> str:
    """Return "3 of 7 dates like this were missed.", of dates with what `such` says. `taken` says what is
    taken instead of a record."""
    if not past.dates:
        return f"No date {such} has come yet{taken}."
    if past.dates == 1:
        return f"The only date {such} so far was {'missed' if past.missed else 'met'}."
    missed = f"{past.missed:,}" if past.missed else "None"
    return (
        f"{missed} of {past.dates:,} dates {such} {'was' if past.missed == 1 else 'were'} missed."
    )


def _such(sign: Sign) -> str:
    return "without a warning" if sign == Sign.NONE else "like this"


def _taken(sign: Sign, chance: Chance) -> str:
    """Return what is taken of a sign that no date has had yet."""
    if sign in TIMES_USUAL:
        return f", so {in_ten(chance.of_sign)} are taken to be missed"
    return ", so the rate of all dates is taken"


def agency_in_words(past: Past, agency: str) -> str:
    """Return "4 of Police’s last 6 dates were missed, more than usual." or "" without any date."""
    if not past.dates:
        return ""
    if past.dates == 1:
        return f"{agency}’s only date so far was {'missed' if past.missed else 'met'}."
    missed = f"{past.missed:,}" if past.missed else "None"
    verb = "was" if past.missed == 1 else "were"
    return f"{missed} of {agency}’s last {past.dates:,} dates {verb} missed{_compared(past)}."


def _compared(past: Past) -> str:
    points = percent(past.difference)
    if points >= 3:
        return ", more than usual"
    return ", fewer than usual" if points <= -3 else ""


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
        found.append(f"It is delayed {CAUSES[signs.cause]}.")
        if chance.cause.dates:
            found.append(record_in_words(chance.cause, "with this cause"))
    return [each for each in found if each]


def sum_in_words(line: Line, agency: str) -> str:
    """Return the calculation: "62% for dates like this, 5 more for Police: 67%."."""
    chance = line.chance
    cause = f"the cause ({line.date.signs.cause.replace('_', ' ')})" if line.date.signs else ""
    steps = [
        (points, name)
        for past, name in ((chance.agency, agency), (chance.cause, cause))
        if (points := percent(past.difference))
    ]
    total = percent(chance.chance)
    is_bounded = chance.chance in (LEAST, MOST)
    # Rounded so that the numbers shown add up.
    first = percent(chance.of_sign) if is_bounded else total - sum(points for points, _ in steps)
    said = f"{first}% for dates {_such(line.date.signs.sign) if line.date.signs else ''}".rstrip()
    for points, name in steps:
        said += f", {abs(points)} {'more' if points > 0 else 'less'} for {name}"
    if is_bounded:
        return f"{said}; never {'below' if chance.chance == LEAST else 'above'} {total}%."
    return f"{said}: {total}%." if steps else f"{said}."


def usual_in_words(rates: Rates) -> str:
    """Return "7 of the plan’s 32 dates that have come were missed."."""
    past = rates.all
    missed = f"{past.missed:,}" if past.missed else "None"
    return (
        f"{missed} of the plan’s {past.dates:,} dates that have come "
        f"{'was' if past.missed == 1 else 'were'} missed."
    )


def own_record_in_words(agency: str, met: int, dates: int) -> str:
    """Return "Police met 4 of its 6 dates that have come."."""
    if not dates:
        return f"None of {agency}’s dates has come yet."
    if met == dates:
        return f"{agency} met {'its only date' if dates == 1 else f'all of its {dates:,} dates'} so far."
    return f"{agency} met {met:,} of its {dates:,} dates so far."
