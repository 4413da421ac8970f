"""The sentence of a measure says what the numbers say, and nothing that is untrue."""

import random
import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.terms.measure_sentence import (
    HIGHER,
    LEVEL,
    LOWER,
    PERIOD,
    SHARE,
    TOTAL,
    WORDS,
    YES_NO,
    Aim,
    Given,
    Measured,
    Reading,
    State,
    _within,
    can_judge,
    corrected_in_words,
    current,
    exact,
    in_force,
    meets,
    reading,
)
from workitems.terms.spans import NUMBERS

BEGAN = date(2025, 6, 1)
TODAY = date(2026, 12, 1)
NOVEMBER = date(2026, 11, 30)
STAFF = Measured(
    TOTAL, "the number of staff trained", "", HIGHER, Decimal(12), date(2025, 5, 1), BEGAN
)
SHARE_OF_STAFF = Measured(
    SHARE, "the share of staff who have finished the course", "", HIGHER, None, None, BEGAN
)
REGIONS = Measured(LEVEL, "the number of regions with a service", "", HIGHER, None, None, BEGAN)
VESSELS = Measured(PERIOD, "the number of vessels looked at", "", HIGHER, None, None, BEGAN)
WAIT = Measured(
    LEVEL, "the time to payment", "month/months", LOWER, Decimal(9), date(2025, 5, 1), BEGAN
)
ADVICE = Measured(YES_NO, "advice with options", "", HIGHER, None, None, BEGAN)


def month(year: int, number: int) -> KnownDate:
    return KnownDate.holding(date(year, number, 1), KnownTo.MONTH)


def given(
    pk: int, day: date, number: int | str | None, of: int | None = None, **more: object
) -> Given:
    number = None if number is None else Decimal(number)
    return Given(pk, day, number, None if of is None else Decimal(of), **more)  # type: ignore[arg-type]


def says(measure: Measured, aims: list[Aim], values: list[Given], on: date = TODAY) -> str:
    return reading(measure, aims, values, on).sentence


BY_JUNE = [Aim(1, Decimal(1700), month(2027, 6))]


@pytest.mark.parametrize(
    ("measure", "aims", "values", "sentence", "state"),
    [
        (
            STAFF,
            BY_JUNE,
            [given(1, NOVEMBER, 83)],
            "The number of staff trained was 83 in November 2026, up from 12 before the plan; the target is "
            "1,700 by June 2027.",
            State.AHEAD,
        ),
        (
            SHARE_OF_STAFF,
            [Aim(1, Decimal(80), month(2027, 6))],
            [given(1, NOVEMBER, 640, 960)],
            "The share of staff who have finished the course was 67 per cent (640 of 960) in November 2026; the "
            "target is 80 per cent by June 2027.",
            State.AHEAD,
        ),
        (
            SHARE_OF_STAFF,
            [],
            [given(1, NOVEMBER, 0, 0, starts_on=date(2026, 6, 1))],
            "There was nothing to count from June to November 2026 for the share of staff who have finished the "
            "course.",
            State.GIVEN,
        ),
        (
            SHARE_OF_STAFF,
            [Aim(1, Decimal(80), month(2026, 11))],
            [given(1, NOVEMBER, 796, 1000)],
            "The share of staff who have finished the course was 79.6 per cent (796 of 1,000) in November 2026; "
            "the target of 80 per cent by November 2026 was missed.",
            State.MISSED,
        ),
        (
            VESSELS,
            [Aim(1, Decimal(60), month(2026, 11), 12)],
            [given(1, NOVEMBER, 71, starts_on=date(2025, 12, 1))],
            "The number of vessels looked at was 71 from December 2025 to November 2026; the target of 60 in a "
            "year by November 2026 was reached.",
            State.REACHED,
        ),
        (
            VESSELS,
            [Aim(1, Decimal(60), month(2026, 11), 12)],
            [given(1, NOVEMBER, 71, starts_on=date(2026, 6, 1))],
            "The number of vessels looked at was 71 from June to November 2026; no number for so long a period "
            "has been given since the target of 60 in a year fell due in November 2026.",
            State.UNKNOWN,
        ),
        (
            VESSELS,
            [],
            [given(1, date(2026, 6, 4), 71, starts_on=date(2025, 6, 5))],
            "The number of vessels looked at was 71 from 5 June 2025 to 4 June 2026.",
            State.GIVEN,
        ),
        (
            VESSELS,
            [],
            [given(1, date(2026, 9, 30), 71, starts_on=date(2026, 6, 5))],
            "The number of vessels looked at was 71 from 5 June to 30 September 2026.",
            State.GIVEN,
        ),
        (
            WAIT,
            [Aim(1, Decimal(6), month(2027, 6))],
            [given(1, NOVEMBER, 11)],
            "The time to payment was 11 months in November 2026, two more than before the plan; the target is "
            "six by June 2027.",
            State.WORSE,
        ),
        (
            WAIT,
            [Aim(1, Decimal(6), month(2027, 6))],
            [given(1, date(2026, 5, 31), 11), given(2, NOVEMBER, "9.5")],
            "The time to payment was 9.5 months in November 2026, 0.5 more than before the plan but down from 11 in "
            "May 2026; the target is six by June 2027.",
            State.WORSE,
        ),
        (
            STAFF,
            [],
            [given(1, date(2026, 5, 31), 90), given(2, NOVEMBER, 83)],
            "The number of staff trained was 83 in November 2026, up from 12 before the plan but down from 90 in "
            "May 2026.",
            State.GIVEN,
        ),
        (
            STAFF,
            [],
            [given(1, date(2026, 5, 31), 70), given(2, NOVEMBER, 83)],
            "The number of staff trained was 83 in November 2026, up from 12 before the plan.",
            State.GIVEN,
        ),
        (
            WAIT,
            [],
            [given(1, NOVEMBER, 1)],
            "The time to payment was one month in November 2026, down from nine before the plan.",
            State.GIVEN,
        ),
        (
            REGIONS,
            [Aim(1, Decimal(12), month(2026, 9))],
            [given(1, NOVEMBER, 8)],
            "The number of regions with a service was eight in November 2026; the target of 12 by September 2026 "
            "was missed.",
            State.MISSED,
        ),
        (
            REGIONS,
            [Aim(1, Decimal(12), month(2026, 9))],
            [given(1, date(2026, 8, 31), 6)],
            "The number of regions with a service was six in August 2026; no number has been given since the "
            "target of 12 fell due in September 2026.",
            State.UNKNOWN,
        ),
        (
            REGIONS,
            [Aim(1, Decimal(12), month(2026, 3)), Aim(2, Decimal(16), month(2028, 6))],
            [given(1, date(2026, 4, 30), 8), given(2, NOVEMBER, 12)],
            "The number of regions with a service was 12 in November 2026, up from eight in April 2026; the target of "
            "12 by March 2026 was reached by November 2026; the next is 16 by June 2028.",
            State.REACHED_LATE,
        ),
        (
            REGIONS,
            [Aim(1, Decimal(1700), month(2027, 6)), Aim(2, Decimal(1200), month(2027, 6), None, 1)],
            [given(1, NOVEMBER, 0)],
            "The number of regions with a service was zero in November 2026; the target is 1,200 by June 2027 "
            "(first promised: 1,700).",
            State.AHEAD,
        ),
        (
            STAFF,
            [],
            [given(1, NOVEMBER, 83, not_comparable=True)],
            "The number of staff trained was 83 in November 2026, counted differently from before, so earlier numbers "
            "cannot be compared with it.",
            State.GIVEN,
        ),
        (
            SHARE_OF_STAFF,
            [],
            [
                given(pk, day, None, because="the register opens in March", expected_by=month(2027, 6), agency="MBIE")
                for pk, day in ((1, date(2026, 6, 30)), (2, NOVEMBER))
            ],
            "There is no number yet for the share of staff who have finished the course, because the register "
            "opens in March; MBIE expects one by June 2027. There was none in June 2026 either.",
            State.NO_NUMBER_YET,
        ),
        (
            SHARE_OF_STAFF,
            [],
            [
                given(pk, day, None, because="the register opens in March")
                for pk, day in ((1, date(2025, 12, 31)), (2, date(2026, 6, 30)), (3, NOVEMBER))
            ],
            "There is no number yet for the share of staff who have finished the course, because the register "
            "opens in March. There was none the two times before either, since December 2025.",
            State.NO_NUMBER_YET,
        ),
        (
            SHARE_OF_STAFF,
            [],
            [given(1, date(2026, 6, 30), 380, 940), given(2, NOVEMBER, 640, 960)],
            "The share of staff who have finished the course was 67 per cent (640 of 960) in November 2026, up from "
            "40 per cent in June 2026.",
            State.GIVEN,
        ),
        (
            REGIONS,
            [],
            [],
            "No number has been given for the number of regions with a service.",
            State.NONE,
        ),
        (
            ADVICE,
            [Aim(1, Decimal(1), month(2026, 6))],
            [given(1, date(2026, 3, 31), 1)],
            "Advice with options is in place (March 2026).",
            State.REACHED,
        ),
        (
            ADVICE,
            [Aim(1, Decimal(1), month(2026, 6))],
            [given(1, NOVEMBER, 0)],
            "Advice with options is not in place (November 2026); it was promised for June 2026.",
            State.MISSED,
        ),
        (Measured(WORDS, "a survey", "", HIGHER, None, None, BEGAN), [], [], "", State.WORDS),
    ],
)  # fmt: skip
def test_pattern_of_the_sentence(
    measure: Measured, aims: list[Aim], values: list[Given], sentence: str, state: State
) -> None:
    found = reading(measure, aims, values, TODAY)

    assert (found.sentence, found.state) == (sentence, state)


def test_correction_is_told_with_its_reason() -> None:
    first = given(1, NOVEMBER, 83)
    now = given(2, NOVEMBER, 79, corrects=1, correction_reason="two courses were counted twice")

    assert says(REGIONS, [], [first, now]) == (
        "The number of regions with a service was 79 in November 2026. The number first given was 83; it is 79, "
        "because two courses were counted twice."
    )
    assert corrected_in_words(REGIONS, first, now, in_paper=True) == (
        "The last paper gave 83; the number was 79, because two courses were counted twice."
    )


def test_first_number_after_the_day_of_a_target_decides() -> None:
    aims = [Aim(1, Decimal(12), month(2026, 3))]
    early = [given(1, date(2026, 2, 28), 12)]
    after = [*early, given(2, date(2026, 4, 30), 11)]
    late = [*after, given(3, NOVEMBER, 12)]

    assert reading(REGIONS, aims, early, date(2026, 3, 30)).state == State.REACHED
    assert reading(REGIONS, aims, early, TODAY).state == State.REACHED
    assert reading(REGIONS, aims, after, TODAY).state == State.MISSED
    assert reading(REGIONS, aims, late, TODAY).state == State.REACHED_LATE


# --- random measures --------------------------------------------------------------------------------


def random_measure(chance: random.Random) -> tuple[Measured, list[Aim], list[Given]]:
    kind = chance.choice([LEVEL, TOTAL, PERIOD, SHARE])
    has_baseline = chance.random() < 0.6
    measure = Measured(
        kind,
        "the measure",
        chance.choice(["", "month/months"]) if kind == LEVEL else "",
        chance.choice([HIGHER, LOWER]),
        number_of(chance, kind) if has_baseline else None,
        date(2025, chance.randint(1, 12), 1) if has_baseline else None,
        BEGAN,
    )
    aims = []
    for pk in range(1, chance.randint(1, 4)):
        by = KnownDate.holding(
            BEGAN + timedelta(days=chance.randint(30, 900)), chance.choice(list(KnownTo))
        )
        replaces = chance.choice([None, aims[-1].pk]) if aims else None
        aims.append(Aim(pk, number_of(chance, kind), by, 12 if kind == PERIOD else None, replaces))
    values: list[Given] = []
    for pk in range(10, 10 + chance.randint(0, 6)):
        day = BEGAN + timedelta(days=chance.randint(0, 700))
        if chance.random() < 0.15:
            values.append(
                Given(pk, day, None, because="it is so", expected_by=month(2028, 1), agency="MSD")
            )
            continue
        of = Decimal(chance.choice([0, 3, 7, 960, 100_000])) if kind == SHARE else None
        number = Decimal(chance.randint(0, int(of))) if of is not None else number_of(chance, kind)
        correctable = [each for each in values if each.number is not None]
        corrects = chance.choice(correctable) if correctable and chance.random() < 0.2 else None
        if corrects and any(each.corrects == corrects.pk for each in values):
            corrects = None
        day = corrects.day if corrects else day
        starts = day - timedelta(days=chance.choice([180, 364])) if kind == PERIOD else None
        values.append(
            Given(
                pk,
                day,
                number,
                of,
                starts,
                chance.random() < 0.15,
                corrects=corrects.pk if corrects else None,
                correction_reason="it was wrong" if corrects else "",
            )
        )
    return measure, aims, values


def number_of(chance: random.Random, kind: str) -> Decimal:
    if kind == SHARE:
        return Decimal(chance.choice([0, 33, 50, 80, 90, 100, "66.667", "79.5"]))
    return Decimal(chance.choice([0, 1, 2, 9, 10, 83, 1700, "4.5", "0.125", chance.randint(0, 99)]))


def read_number(text: str) -> Fraction:
    words = {"zero": 0} | {word: place for place, word in enumerate(NUMBERS, start=1)}
    return Fraction(words[text]) if text in words else Fraction(text.replace(",", ""))


FIGURE = r"(zero|one|two|three|four|five|six|seven|eight|nine|-?[0-9][0-9,]*(?:\.[0-9]+)?)"


def test_ten_thousand_random_sentences_say_what_is_stored() -> None:
    chance = random.Random(34)
    states = set()
    for _ in range(10_000):
        measure, aims, values = random_measure(chance)
        on = BEGAN + timedelta(days=chance.randint(0, 900))
        found = reading(measure, aims, values, on)
        states.add(found.state)
        says_the_number(measure, found)
        says_the_truth_of_targets(measure, aims, values, found, on)
        has_no_difference_across_a_break(values, found, on)

    assert states == set(State) - {State.WORDS}


def says_the_number(measure: Measured, found: Reading) -> None:
    value, sentence = found.value, found.sentence
    if value is None or (measure.kind == SHARE and not value.of):
        return
    assert value.number is not None
    if measure.kind == SHARE:
        number, of = re.search(rf"per cent \({FIGURE} of {FIGURE}\)", sentence).groups()  # type: ignore[union-attr]
        assert (read_number(number), read_number(of)) == (value.number, value.of)
    else:
        number = re.match(rf"The measure was {FIGURE} ", sentence).group(1)  # type: ignore[union-attr]
        assert read_number(number) == value.number
    assert str(KnownDate(value.day, KnownTo.MONTH)) in sentence


def says_the_truth_of_targets(
    measure: Measured, aims: list[Aim], values: list[Given], found: Reading, on: date
) -> None:
    counted = [
        each
        for each in in_force(values, on)
        if each.number is not None and (measure.kind != SHARE or each.of)
    ]
    if told := re.search(rf"the target of {FIGURE}.*? was (reached|missed)", found.sentence):
        assert found.target in current(aims)
        assert read_number(told.group(1)) == found.target.number  # type: ignore[union-attr]
        counted = [each for each in counted if can_judge(measure, found.target, each)]  # type: ignore[arg-type]
        after = [each for each in counted if each.day >= found.target.by.last_day]  # type: ignore[union-attr]
        reached = [each for each in counted if meets(measure, found.target, exact(each))]  # type: ignore[arg-type]
        if told.group(2) == "reached":
            assert reached
        else:
            assert after
            assert found.target.by.last_day <= on  # type: ignore[union-attr]
            assert set(after[:1]) - set(reached)
    says_reached = " was reached" in found.sentence
    assert says_reached == (found.state in (State.REACHED, State.REACHED_LATE))
    assert (" was missed" in found.sentence) == (found.state == State.MISSED)


def has_no_difference_across_a_break(values: list[Given], found: Reading, on: date) -> None:
    numbers = [each for each in in_force(values, on) if each.number is not None]
    compares = re.search(
        r", (up from|down from|the same as|\S+ (more|less|fewer) than)", found.sentence
    )
    if compares:
        assert not any(each.not_comparable for each in numbers)


@pytest.mark.parametrize(
    ("typed", "within"),
    [
        ("The register is not built", "the register is not built"),
        ("It is not counted yet", "it is not counted yet"),
        ("MSD counts it in May", "MSD counts it in May"),
        ("Immigration New Zealand counts it", "Immigration New Zealand counts it"),
    ],
)
def test_a_reason_that_was_typed_as_a_sentence_stands_within_one(typed, within):
    assert _within(typed) == within
