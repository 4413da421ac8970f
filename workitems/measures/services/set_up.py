"""Set a measure up: what is counted, how, from where and by whom, and its targets.

The coordinator does so until the measure has a number; then, in an adopted plan, it changes by a variation.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from workitems.models import Measure, Plan, Target, Variation
from workitems.plan.services.items import next_number
from workitems.plan.services.plan_days import Faults
from workitems.plan.services.refusals import Refused, locked, need_reason
from workitems.terms.known_dates import KnownDate

Kind = Measure.Kind
RELATED = ("item__plan", "of_plan", "item__lead_agency", "responsible_agency")
SET_UP = (
    "kind", "as_told", "unit", "better", "asked", "source", "responsible_agency", "baseline",
    "baseline_on", "baseline_unknown",
)  # fmt: skip


class Aimed(NamedTuple):
    """A target to set: a new one, or one that replaces the one with the id `replaces`."""

    number: Decimal
    by: KnownDate
    months: int | None = None
    replaces: int | None = None


def has_number(measure: Measure) -> bool:
    """Whether a number of the measure was accepted."""
    return measure.values.accepted().filter(number__isnull=False).exists()


def needs_variation(measure: Measure) -> bool:
    """Whether the measure changes only by a variation."""
    return measure.plan.adopted_on is not None and has_number(measure)


@transaction.atomic
def set_up(
    *,
    measure: Measure,
    version: int,
    values: Mapping[str, Any],
    targets: Sequence[Aimed] = (),
    reason: str = "",
    by: User,
    on: date,
) -> Measure:
    """Set a measure up, or change its set-up and targets. Without a change, write nothing.

    `values` has the fields of `SET_UP`. Raise `Refused` for what `faults` says, if an adopted plan's measure is set up
    without a reason, or if it has a number and so changes by a variation.
    """
    measure = locked(measure, version=version, related=RELATED)
    if needs_variation(measure):
        raise Refused(
            _("This measure has a number, so it changes by a variation. Request one instead.")
        )
    changed = [name for name in SET_UP if name in values and getattr(measure, name) != values[name]]
    if not changed and not targets:
        return measure
    if measure.plan.adopted_on is not None:
        need_reason(reason, _("Say why the measure is set up or changed."))
    Refused.raise_any(faults(measure, values, targets))
    write(measure, values, targets, by=by, on=on, reason=reason)
    return measure


@transaction.atomic
def add_outcome(
    *, plan: Plan, description: str, values: Mapping[str, Any], reason: str = "", by: User
) -> Measure:
    """Add a measure of the plan itself. It is then set up like any other; `values` names who is responsible."""
    plan = locked(plan)
    if plan.adopted_on is not None:
        need_reason(reason, _("Say why the outcome is added."))
    measure = Measure(
        of_plan=plan,
        number=next_number(plan.outcomes.all()),
        description=description,
        responsible_agency=values["responsible_agency"],
    )
    return history.save(measure, by=by, reason=reason)


def write(
    measure: Measure,
    values: Mapping[str, Any],
    targets: Sequence[Aimed],
    *,
    by: User,
    on: date,
    reason: str,
    variation: Variation | None = None,
) -> None:
    """Write the set-up and the targets, which were found without fault."""
    changed = [name for name in SET_UP if name in values and getattr(measure, name) != values[name]]
    for name in changed:
        setattr(measure, name, values[name])
    if "kind" in changed or changed or targets:
        history.save_version(measure, *changed, by=by, reason=reason)
    for aim in targets:
        target = Target(
            measure=measure,
            number=aim.number,
            months=aim.months,
            replaces_id=aim.replaces,
            variation=variation,
            set_by=by,
            set_on=on,
        )
        target.by = aim.by
        history.save(target, by=by, reason=reason)


def faults(
    measure: Measure, values: Mapping[str, Any], targets: Sequence[Aimed], *, field: str = "number_{}"
) -> Faults:
    """Yield what is wrong with a set-up, each with its field. `field` names that of a target's number, by its place."""
    now = {name: values.get(name, getattr(measure, name)) for name in SET_UP}
    kind = now["kind"]
    if kind != measure.kind and has_number(measure):
        yield _("This measure has numbers, so it keeps its kind. Write a second measure instead."), "kind"
    if kind == Kind.WORDS:
        if measure.kind != Kind.WORDS:
            yield _("Choose how it is counted."), "kind"
        return
    if not now["as_told"]:
        yield _("Write what is counted, such as “the number of staff trained”."), "as_told"
    if (now["baseline"] is None) != (now["baseline_on"] is None):
        name = "baseline" if now["baseline"] is None else "baseline_on"
        yield _("Enter the number before the plan and its day, or neither."), name
    if now["baseline"] is not None and now["baseline_unknown"]:
        yield _("Clear this: the number before the plan is known."), "baseline_unknown"
    if measure.baseline is not None and now["baseline"] is None:
        yield _("A number before the plan was given; it can be changed, not removed."), "baseline"
    if kind == Kind.SHARE and now["baseline"] is not None and not 0 <= now["baseline"] <= 100:
        yield _("Enter per cent, from 0 to 100."), "baseline"
    agency = now["responsible_agency"]
    if agency is not None and not measure.plan.members.filter(agency=agency).exists():
        yield (
            _("{agency} is not in the plan’s working group.").format(agency=agency),
            "responsible_agency",
        )
    elif agency is None and measure.item is None:
        yield _("Choose who gives the numbers."), "responsible_agency"
    yield from _target_faults(measure, kind, targets, field)


def _target_faults(
    measure: Measure, kind: str, targets: Sequence[Aimed], field: str
) -> Faults:
    replaced = set(Target.objects.filter(measure=measure, replaces__isnull=False).values_list("replaces", flat=True))  # fmt: skip
    known = set(measure.targets.values_list("pk", flat=True))
    plan = measure.plan
    for place, aim in enumerate(targets, start=1):
        name = field.format(place)
        if kind == Kind.SHARE and not 0 <= aim.number <= 100:
            yield _("Enter per cent, from 0 to 100."), name
        if kind == Kind.YES_NO and aim.number != 1:
            yield _("The target of a yes or no is yes, by a date."), name
        if kind == Kind.PERIOD and aim.months is None:
            yield _("Choose how long the period of the target is."), "months"
        if aim.replaces is not None and (aim.replaces in replaced or aim.replaces not in known):
            yield _("This target has been replaced meanwhile. Look at the page again."), name
        if aim.by.last_day < plan.released_on:
            yield _("The plan began after that date. Enter a later one."), name.replace("number", "by")
