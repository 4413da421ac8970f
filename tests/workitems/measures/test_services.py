"""Numbers and targets of measures: what is refused, what the database keeps, and when they count."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Seat, User
from agencies.typed.asking import ENTER_A_DATE
from tests.factories import (
    AttendanceFactory,
    MatterFactory,
    MeasureFactory,
    MeasureValueFactory,
    MeetingFactory,
    ReturnFactory,
    SeatFactory,
    UserFactory,
)
from tests.workitems.record import item_history
from workitems.measures.asked import measures_asked
from workitems.measures.services import set_up, values
from workitems.measures.services.values import Answer
from workitems.measures.typed_numbers import NotANumber, read_number
from workitems.models import Measure, MeasureValue, Return, Target, Variation
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.plan.plan_at.measures_at import measures_of
from workitems.plan.services.refusals import Conflict, Refused
from workitems.returns.services import measure_answers, rounds
from workitems.returns.services.answers import answers_of
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.variations.services import variations

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ON = date(2010, 12, 1)
NOVEMBER = date(2010, 11, 30)
JUNE = KnownDate(date(2011, 6, 30), KnownTo.MONTH)


def measure(kind: str = "level", **more: Any) -> Measure:
    made: Measure = MeasureFactory(kind=kind, as_told="the number of staff trained", **more)
    return made


def give(row: Measure, number: str | None = "83", **said: Any) -> MeasureValue:
    to = {
        name: said.pop(name)
        for name in ("of_return", "value", "corrects", "version")
        if name in said
    }
    answer = Answer(**{"day": NOVEMBER, "number": number and Decimal(number), **said})
    by = said.pop("by", None) or UserFactory()
    return values.give(
        measure=row, agency=row.responsible, answer=answer, by=by, on=ON, at=timezone.now(), **to
    )


def accepted(row: Measure, number: str = "83", **said: Any) -> MeasureValue:
    return values.accept(value=give(row, number, **said), by=UserFactory(), on=ON)


def refusals(refused: Refused) -> list[tuple[str, str | None]]:
    return [(str(refused), refused.field), *((str(says), field) for says, field in refused.others)]


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1,250", "1250"), ("0.125", "0.125"), ("1.25", "1.25"), ("83", "83"), ("-2", "-2"), ("1.2500", "1.25"), (" 7 ", "7")],
)  # fmt: skip
def test_number_is_read(typed: str, number: str) -> None:
    assert read_number(typed) == Decimal(number)


PLAIN = "Enter a number, such as 1,250, or choose “No number yet”."


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        *((typed, PLAIN) for typed in (
            "N/A", "see description", "about 80", "NaN", "Infinity", "1e999", "٨٣", "1,7OO", "1,70", "1.2.3",
            "--3", "1,2345", "12.3456", "9999999999999", "½", "0x10", "1_000", "TBC", "-",
        )),
        ("80%", "Enter how many, of how many."),
        ("80 per cent", "Enter how many, of how many."),
        ("1.250", "Write 1250 or 1.25."),
        ("1.234", "Write 1234 or 1.2340."),
    ],
)  # fmt: skip
def test_what_is_no_number_is_answered(typed: str, says: str) -> None:
    with pytest.raises(NotANumber) as refused:
        read_number(typed)

    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("kind", "number", "said", "says", "field"),
    [
        ("share", "640", {"of": Decimal(600)}, "640 is more than 600.", "number"),
        ("share", "640", {}, "Enter how many, of how many.", "of"),
        ("level", "83", {"of": Decimal(90)}, "This measure is not a share. Leave this empty.", "of"),
        ("yes_no", "2", {}, "Choose yes or no.", "number"),
        ("period", "71", {}, "Enter the first day of the period.", "starts_on"),
        ("period", "71", {"starts_on": date(2010, 12, 1)}, "The period ends before it begins. Enter an earlier day.", "starts_on"),
        ("level", "83", {"day": date(2010, 12, 2)}, "2 December 2010 has not come yet. Enter today or an earlier day.", "day"),
        ("level", "83", {"day": date(2009, 1, 1)}, "The plan was released on 31 July 2009, after that day. Enter a later day.", "day"),
        ("level", None, {"because": "the register opens in March"}, "Say by when you expect one.", "expected_by"),
        ("level", None, {"expected_by": JUNE}, "Say why there is no number yet.", "because"),
        ("level", "83", {"because": "so"}, "Enter a number, or say why there is none yet, not both.", "because"),
        ("words", "83", {}, "This measure has not been set up, so it has no numbers.", None),
    ],
)  # fmt: skip
def test_wrong_number_is_refused_at_its_field(
    kind: str, number: str | None, said: dict[str, Any], says: str, field: str | None
) -> None:
    with pytest.raises(Refused) as refused:
        give(measure(kind), number, **said)

    assert refusals(refused.value) == [(says, field)]
    assert not MeasureValue.objects.exists()


def test_total_cannot_fall_but_may_be_counted_differently() -> None:
    row = measure("total")
    accepted(row, "140", day=date(2010, 6, 30))

    with pytest.raises(Refused, match="A total cannot fall; the last was 140"):
        give(row, "83")

    assert give(row, "83", not_comparable=True).number == 83


def test_second_number_of_a_day_is_a_correction_with_a_reason() -> None:
    row = measure()
    first = accepted(row)

    with pytest.raises(
        Refused, match="There is a number for that day: 83. Correct it and say why."
    ):
        give(row, "79")
    second = give(row, "79", correction_reason="two courses were counted twice")

    assert second.corrects == first
    assert sentence_of(row) == "The number of staff trained was 83 in November 2010."
    values.accept(value=second, by=UserFactory(), on=ON)
    assert sentence_of(row) == (
        "The number of staff trained was 79 in November 2010. The number first given was 83; it is 79, because two "
        "courses were counted twice."
    )
    with pytest.raises(Refused, match="There is a number for that day: 79"):
        give(row, "78")


def sentence_of(row: Measure, on: date = ON) -> str:
    (found,) = measures_of(plan_at(row.plan, Moment.today(on)))
    return found.sentence


def test_another_agency_gives_no_number() -> None:
    row, other = measure(), measure()

    with pytest.raises(Refused, match="gives the numbers of this measure"):
        values.give(
            measure=row,
            agency=other.responsible,
            answer=Answer(day=NOVEMBER, number=Decimal(1)),
            by=UserFactory(),
            on=ON,
            at=timezone.now(),
        )


@pytest.mark.both_databases
def test_number_that_another_person_changed_meanwhile_is_a_conflict() -> None:
    row = measure()
    value = give(row)

    changed = give(row, "84", value=value, version=1)
    with pytest.raises(Conflict):
        give(row, "85", value=value, version=1)

    assert (changed.version, changed.number) == (2, 84)
    assert give(row, "84", value=value, version=1) == changed  # sent twice


def test_giver_does_not_accept_their_own_number() -> None:
    person: User = UserFactory()
    value = MeasureValueFactory(written_by=person)

    with pytest.raises(Refused, match="You gave this number. Another coordinator must accept it."):
        values.accept(value=value, by=person, on=ON)


def test_number_counts_from_the_day_of_its_acceptance() -> None:
    row = measure()
    value = give(row)
    assert sentence_of(row) == "No number has been given for the number of staff trained."

    values.accept(value=value, by=UserFactory(), on=date(2010, 12, 5))

    assert (
        sentence_of(row, date(2010, 12, 4))
        == "No number has been given for the number of staff trained."
    )
    assert (
        sentence_of(row, date(2010, 12, 5))
        == "The number of staff trained was 83 in November 2010."
    )


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE workitems_measurevalue SET number = 84", "An accepted number never changes"),
        ("DELETE FROM workitems_measurevalue", "An accepted number never changes"),
        ("UPDATE workitems_target SET number = 84", "A target never changes"),
        ("DELETE FROM workitems_target", "Nothing of an adopted plan is deleted"),
        ("UPDATE workitems_measure SET kind = 'share'", "A measure that has a number keeps its kind"),
        ("UPDATE workitems_measure SET unit = 'people'", "it changes only through an approved variation"),
        ("UPDATE workitems_measure SET better = 'lower'", "it changes only through an approved variation"),
        ("UPDATE workitems_measure SET baseline = 11", "it changes only through an approved variation"),
        (
            "INSERT INTO workitems_target (measure_id, number, due, due_known_to, set_on)"
            " SELECT id, 3, '2011-06-30', 'day', '2010-12-01' FROM workitems_measure",
            "its targets are set only through an approved variation",
        ),
    ],
)  # fmt: skip
@pytest.mark.both_databases
def test_database_refuses_to_change_what_counts(sql: str, says: str) -> None:
    row = measure(baseline=12, baseline_on=date(2009, 6, 30))
    Target.objects.create(
        measure=row, number=1700, due=JUNE.last_day, due_known_to="month", set_on=ON
    )
    accepted(row)

    with (
        pytest.raises(IntegrityError, match=says),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.parametrize(
    "more",
    [
        {"number": None},
        {"number": 83, "because": "it is so", "expected": JUNE.last_day},
        {"number": 5, "of": 4},
        {"number": Decimal("1e13")},
        {"day": date(2010, 8, 1), "given_on": date(2010, 7, 31)},
        {"starts_on": date(2010, 7, 30)},
        {"correction_reason": "it was wrong"},
    ],
)
def test_database_refuses_a_number_that_cannot_be(more: dict[str, Any]) -> None:
    with pytest.raises(
        Exception, match="CHECK constraint|check constraint|fit its measure|digits|overflow"
    ):
        MeasureValueFactory(**more)


@pytest.mark.both_databases
def test_measure_is_of_an_item_or_of_the_plan() -> None:
    row = measure()

    with pytest.raises(IntegrityError, match="measure_of_item_or_plan"), transaction.atomic():
        Measure.objects.filter(pk=row.pk).update(of_plan=row.plan)


# --- set-up ---------------------------------------------------------------------------------------


def test_set_up_asks_for_a_reason_and_what_is_counted() -> None:
    row: Measure = MeasureFactory()
    asked: dict[str, Any] = {"measure": row, "version": 1, "by": UserFactory(), "on": ON}

    with pytest.raises(Refused, match="Say why the measure is set up or changed."):
        set_up.set_up(**asked, values={"kind": "level", "as_told": "the number of staff"})
    with pytest.raises(Refused) as refused:
        set_up.set_up(**asked, values={"kind": "level"}, reason="Agreed.")

    assert refused.value.field == "as_told"


@pytest.mark.both_databases
def test_measure_with_a_number_changes_by_variation_alone() -> None:
    row = measure("share")
    set_up.set_up(
        measure=row,
        version=1,
        values={"baseline": Decimal(50), "baseline_on": date(2009, 6, 30)},
        targets=[set_up.Aimed(Decimal(80), JUNE)],
        reason="Agreed.",
        by=UserFactory(),
        on=date(2010, 1, 1),
    )
    row = Measure.objects.select_related(*set_up.RELATED).get(pk=row.pk)
    accepted(row, "640", of=Decimal(960))

    with pytest.raises(Refused, match="This measure has a number, so it changes by a variation."):
        set_up.set_up(
            measure=row, version=2, values={"unit": "x"}, reason="So.", by=UserFactory(), on=ON
        )
    new = set_up.Aimed(Decimal(60), JUNE, None, row.targets.get().pk)
    given = set_up.to_data(row, {"source": "A register"}, [new])
    asked = variations.request_change(
        kind=Variation.Kind.MEASURE,
        row=row,
        given=given,
        reason="The course is longer.",
        agency=row.responsible,
        by=UserFactory(),
        at=timezone.now(),
    )

    assert (asked.text_before, asked.text_after) == (
        "The number of staff trained: 80 per cent by June 2011",
        "The number of staff trained: 60 per cent by June 2011\nSource: A register",
    )
    with pytest.raises(Refused, match="V1 already asks to change this. Wait until it is decided."):
        variations.request_change(
            kind=Variation.Kind.MEASURE, row=row, given=given, reason="Again.",
            agency=row.responsible, by=UserFactory(), at=timezone.now(),
        )  # fmt: skip
    approve(asked)
    assert sentence_of(row, date(2011, 1, 1)) == (
        "The number of staff trained was 67 per cent (640 of 960) in November 2010, up from 50 per cent before the "
        "plan; the target of 60 per cent by June 2011 (first promised: 80 per cent) was reached."
    )


def filled_in(row: Measure, **more: Any) -> Measure:
    known = {"baseline": Decimal(12), "baseline_on": date(2009, 6, 30), "baseline_unknown": ""}
    said = {"values": known, "reason": "The old register was found.", **more}
    return set_up.set_up(measure=row, version=row.version, by=UserFactory(), on=ON, **said)


@pytest.mark.both_databases
def test_a_baseline_that_was_not_known_is_filled_in_once() -> None:
    with time_machine.travel(datetime(2010, 12, 1, tzinfo=UTC)):
        row = measure(baseline_unknown="Nobody counted.")
    accepted(row)
    refuses = pytest.raises(Refused, match="it changes by a variation. Request one instead.")
    others: tuple[dict[str, Any], ...] = (
        {"values": {"baseline": Decimal(12), "baseline_on": date(2009, 6, 30), "unit": "person"}},
        {"values": {"baseline_unknown": "We forgot."}},
        {"targets": [set_up.Aimed(Decimal(80), JUNE)]},
    )
    for more in others:
        with refuses:
            filled_in(row, **more)
    with pytest.raises(Refused, match="Say why the measure is set up or changed."):
        filled_in(row, reason="")

    with time_machine.travel(datetime(2010, 12, 20, tzinfo=UTC)):
        row = filled_in(row)

    assert (row.baseline, row.baseline_unknown, row.version) == (12, "", 2)
    assert [
        (entry.history_change_reason, entry.history_user is not None, entry.baseline)
        for entry in Measure.history.filter(id=row.pk).order_by("history_id")
    ] == [(None, False, None), ("The old register was found.", True, 12)]
    assert row.item is not None
    assert [
        (entry.what, entry.why)
        for entry in item_history(row.item)
        if "before the plan" in entry.what
    ] == [
        (
            "entered the number before the plan of the measure “Share of staff trained.”: 12.",
            "The old register was found.",
        )
    ]
    before, after = (
        measures_of(plan_at(row.plan, Moment.end_of(date(2010, 12, day)))).rows[0].sentence
        for day in (19, 21)
    )
    assert before == "The number of staff trained was 83 in November 2010."
    assert after == f"{before[:-1]}, up from 12 before the plan."
    with refuses:
        filled_in(row, values={"baseline": Decimal(13)})


def test_the_page_of_a_measure_with_numbers_offers_to_fill_in_its_baseline(
    client: Client,
) -> None:
    row = measure(kind="period", baseline_unknown="Nobody counted.")
    accepted(row, starts_on=date(2010, 6, 1))
    seat = SeatFactory(agency=row.plan.coordinating_agency, role=Seat.Role.COORDINATOR)
    client.force_login(seat.user, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("measures:detail", args=[row.plan.slug, row.pk])
    address = reverse("measures:set-up", args=[row.plan.slug, row.pk])
    link = "Enter the number, once it is known"
    assert link in client.get(page).text
    shown = client.get(address)
    assert list(shown.context["form"].fields) == ["version", "baseline", "baseline_on", "reason"]

    typed = {"version": 1, "baseline": "", "baseline_on": "", "reason": ""}
    assert client.post(address, typed).context["form"].errors == {
        "baseline": ["Enter the number."],
        "baseline_on": [ENTER_A_DATE],
        "reason": ["Say why the measure is set up or changed."],
    }
    typed |= {"baseline": "12", "baseline_on": "30 June 2009", "reason": "It was found."}
    assert client.post(address, typed).status_code == 302

    row.refresh_from_db()
    assert (row.baseline, row.baseline_on, row.baseline_unknown) == (12, date(2009, 6, 30), "")
    assert link not in client.get(page).text
    again = client.post(address, typed | {"version": 2, "baseline": "13"}, follow=True)
    assert again.redirect_chain == [(page, 302)]
    assert "This measure has a number, so it changes by a variation." in again.text


def approve(asked: Variation) -> None:
    person = UserFactory()
    asked = variations.recommend(
        variation=asked, recommendation="Yes.", recommends="approve", by=person, at=timezone.now()
    )
    meeting = MeetingFactory(plan=asked.plan, held_on=ON)
    MatterFactory(meeting=meeting, variation=asked, item=None)
    for member in asked.plan.members.all():
        AttendanceFactory(meeting=meeting, agency=member.agency)
    variations.decide(variation=asked, approve=True, meeting=meeting, by=person, at=timezone.now())


# --- in a return ----------------------------------------------------------------------------------


def a_return(row: Measure) -> Return:
    of_return: Return = ReturnFactory(round__plan=row.plan, agency=row.responsible)
    return of_return


def missing(of_return: Return) -> list[str]:
    return [fault.says for fault in answers_of(of_return, ON).missing if fault.measure]


def test_due_number_stops_submission_until_it_is_answered() -> None:
    row = measure()
    of_return = a_return(row)
    asks = [
        f"Item {row.place}: enter the number of staff trained, or say why there is no number yet."
    ]
    assert missing(of_return) == asks

    answered = measure_answers.answer_measure(
        of_return=of_return,
        measure=row,
        answer=Answer(
            day=of_return.round.period_end, because="the register opens in March", expected_by=JUNE
        ),
        by=UserFactory(),
        on=ON,
        at=timezone.now(),
    )

    assert missing(of_return) == []
    measure_answers.clear_measure(
        of_return=of_return, measure=row, version=answered.version, by=UserFactory()
    )
    assert missing(of_return) == asks


@pytest.mark.parametrize(
    ("asked", "last", "is_due"),
    [
        ("each_round", None, True),
        ("each_round", date(2009, 12, 31), True),
        ("each_round", date(2010, 1, 1), False),
        ("each_year", date(2009, 6, 30), True),
        ("each_year", date(2009, 7, 1), False),
    ],
)
def test_number_is_due_when_the_last_is_older_than_it_is_asked(
    asked: str, last: date | None, is_due: bool
) -> None:
    round = a_return(measure()).round  # January to June 2010

    assert values.is_due(asked, last, round) == is_due


def test_same_as_last_time_writes_a_new_dated_number() -> None:
    row = measure("share")
    accepted(row, "640", of=Decimal(960), day=date(2009, 12, 31), note="Counted in May.")
    of_return = a_return(row)
    (asked,) = measures_asked(of_return, ON)
    assert asked.last_answer is not None

    again = values.same_as_last(asked.last_answer, date(2010, 6, 30))

    assert again == Answer(day=date(2010, 6, 30), number=Decimal(640), of=Decimal(960))


def test_number_of_a_return_counts_when_it_is_accepted() -> None:
    row = measure()
    of_return = a_return(row)
    value = measure_answers.answer_measure(
        of_return=of_return,
        measure=row,
        answer=Answer(day=of_return.round.period_end, number=Decimal(83)),
        by=UserFactory(),
        on=ON,
        at=timezone.now(),
    )
    of_return.state, of_return.submitted_at = Return.State.SUBMITTED, timezone.now()
    of_return.save()

    rounds.accept(of_return=of_return, by=UserFactory(), on=ON)

    value.refresh_from_db()
    assert value.accepted_on == ON
    assert sentence_of(row) == "The number of staff trained was 83 in June 2010."


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.both_databases
def test_measures_of_a_plan_take_three_queries(count: int, django_assert_num_queries: Any) -> None:
    row = measure()
    for number in range(2, count + 1):
        measure(item=row.item, number=number)
    for each in Measure.objects.select_related(*set_up.RELATED):
        accepted(each)
    at = plan_at(row.plan, Moment.today(ON))
    assert at.items and at.agencies

    with django_assert_num_queries(3):  # measures, targets, values
        found = [each.sentence for each in measures_of(at)]

    assert len(found) == count
