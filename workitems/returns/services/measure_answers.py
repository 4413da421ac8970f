"""Answer measures in a return. What is said is its agency's own until the return is submitted; acceptance makes it count."""

from datetime import date, datetime

from django.db import transaction

from agencies.models import User
from workitems.measures.services import values
from workitems.measures.services.values import Answer
from workitems.models import Measure, MeasureValue, Return
from workitems.plan.services.refusals import Conflict
from workitems.returns.services.milestone_answers import open_return


@transaction.atomic
def answer_measure(
    *,
    of_return: Return,
    measure: Measure,
    answer: Answer,
    version: int = 0,
    by: User,
    on: date,
    at: datetime,
    is_pause: bool = False,
) -> MeasureValue:
    """Give a measure's number in a return, or say why there is none yet. Arguments and refusals are those of `values.give`."""
    of_return = open_return(of_return)
    return values.give(
        measure=measure,
        agency=of_return.agency,
        answer=answer,
        of_return=of_return,
        version=version,
        by=by,
        on=on,
        at=at,
        is_pause=is_pause,
    )


@transaction.atomic
def clear_measure(*, of_return: Return, measure: Measure, version: int, by: User) -> None:
    """Take back what the return says of a measure. Raise `Conflict` if another user saved since."""
    of_return = open_return(of_return)
    value = of_return.measure_values.filter(measure=measure).first()
    if value is None:
        return
    if value.version != version:
        raise Conflict(value)
    values.take_back(value=value, version=version, by=by)
