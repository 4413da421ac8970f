"""Set a measure up: what is counted, how, from where and by whom, and its targets.

The coordinator does so until the measure has a number; then, in an adopted plan, it changes by a variation. Only a
number before the plan that was not known can still be filled in.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import day_words, list_in_words
from workitems.models import Measure, Plan, Target, Variation, WorkItem
from workitems.plan.plan_at.measures_at import measured
from workitems.plan.services.items import next_number
from workitems.plan.services.plan_days import Faults
from workitems.plan.services.refusals import Refused, locked, need_reason
from workitems.terms.additions import Aimed, NewMeasure, set_up_of
from workitems.terms.measure_sentence import Aim, figure, target_in_words
from workitems.terms.sentence_ends import with_capital

Kind = Measure.Kind
RELATED = ("item__plan", "of_plan", "item__lead_agency", "responsible_agency")
SET_UP = (
    "kind", "as_told", "unit", "better", "asked", "source", "responsible_agency", "baseline",
    "baseline_on", "baseline_unknown",
)  # fmt: skip

BY_VARIATION = gettext_lazy(
    "This measure has a number, so it changes by a variation. Request one instead."
)


def has_number(measure: Measure) -> bool:
    """Whether a number of the measure was accepted."""
    return measure.values.accepted().filter(number__isnull=False).exists()


def needs_variation(measure: Measure) -> bool:
    """Whether the measure changes only by a variation."""
    return measure.plan.adopted_on is not None and has_number(measure)


def _fills_baseline(
    measure: Measure, values: Mapping[str, Any], changed: Sequence[str], targets: Sequence[Aimed]
) -> bool:
    is_all = set(changed) <= {"baseline", "baseline_on", "baseline_unknown"} and not targets
    return is_all and measure.baseline is None and values.get("baseline") is not None


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
    without a reason, or if it has a number and so changes by a variation: all but the number before the plan, once, if
    that was not known.
    """
    measure = locked(measure, version=version, related=RELATED)
    changed = [name for name in SET_UP if name in values and getattr(measure, name) != values[name]]
    if needs_variation(measure) and not _fills_baseline(measure, values, changed, targets):
        raise Refused(BY_VARIATION)
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


def proposed(measure: Measure, targets: Sequence[Aimed]) -> NewMeasure:
    """Return a measure that is not saved as a variation proposes it, together with its item."""
    values = {name: getattr(measure, name) for name in ("description", *SET_UP)}
    values["responsible_agency"] = measure.responsible_agency_id
    return NewMeasure(**values, targets=tuple(targets))


def add_proposed(
    item: WorkItem,
    number: int,
    new: NewMeasure,
    agencies: Mapping[int, Agency],
    *,
    by: User,
    on: date,
    reason: str,
) -> None:
    """Add a measure together with its item, as it was proposed. Raise `Refused` for what `faults` says."""
    values = {name: getattr(new, name) for name in ("description", *SET_UP)}
    if new.responsible_agency is not None:
        values["responsible_agency"] = agencies[new.responsible_agency]
    measure = Measure(item=item, number=number, **values)
    Refused.raise_any((says, None) for says, _field in faults(measure, {}, new.targets))
    history.save(measure, by=by, reason=reason)
    _aim_at(measure, new.targets, by=by, on=on, reason=reason)


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
    if changed or targets:
        history.save_version(measure, *changed, by=by, reason=reason)
    _aim_at(measure, targets, by=by, on=on, reason=reason, variation=variation)


def _aim_at(
    measure: Measure,
    targets: Sequence[Aimed],
    *,
    by: User,
    on: date,
    reason: str,
    variation: Variation | None = None,
) -> None:
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
    measure: Measure,
    values: Mapping[str, Any],
    targets: Sequence[Aimed],
    *,
    field: str = "number_{}",
) -> Faults:
    """Yield what is wrong with a set-up, each with its field. `field` names that of a target's number, by its place.

    A new measure may not be saved yet.
    """
    now = {name: values.get(name, getattr(measure, name)) for name in SET_UP}
    kind = now["kind"]
    if kind != measure.kind and has_number(measure):
        yield (
            _("This measure has numbers, so it keeps its kind. Write a second measure instead."),
            "kind",
        )
    if kind == Kind.WORDS:
        if measure.kind != Kind.WORDS:
            yield _("Choose how it is counted."), "kind"
        return
    yield from set_up_faults(now)
    if measure.baseline is not None and now["baseline"] is None:
        yield _("A number before the plan was given; it can be changed, not removed."), "baseline"
    agency = now["responsible_agency"]
    if agency is not None and not measure.plan.members.filter(agency=agency).exists():
        yield (
            _("{agency} is not in the plan’s working group.").format(agency=agency),
            "responsible_agency",
        )
    elif agency is None and measure.item is None:
        yield _("Choose who gives the numbers."), "responsible_agency"
    yield from target_faults(measure.plan, kind, targets, field)
    if all(aim.replaces is None for aim in targets):
        return
    replaced = set(Target.objects.filter(measure=measure, replaces__isnull=False).values_list("replaces", flat=True))  # fmt: skip
    known = set(measure.targets.values_list("pk", flat=True))
    for place, aim in enumerate(targets, start=1):
        if aim.replaces is not None and (aim.replaces in replaced or aim.replaces not in known):
            yield (
                _("This target has been replaced meanwhile. Look at the page again."),
                field.format(place),
            )


def set_up_faults(now: Mapping[str, Any]) -> Faults:
    """Yield what of a set-up does not fit together. Asks nothing of the database."""
    if not now["as_told"]:
        yield _("Write what is counted, such as “the number of staff trained”."), "as_told"
    if (now["baseline"] is None) != (now["baseline_on"] is None):
        name = "baseline" if now["baseline"] is None else "baseline_on"
        yield _("Enter the number before the plan and its day, or neither."), name
    if now["baseline"] is not None and now["baseline_unknown"]:
        yield _("Clear this: the number before the plan is known."), "baseline_unknown"
    is_share = now["kind"] == Kind.SHARE
    if is_share and now["baseline"] is not None and not 0 <= now["baseline"] <= 100:
        yield _("Enter per cent, from 0 to 100."), "baseline"


def target_faults(plan: Plan, kind: str, targets: Sequence[Aimed], field: str) -> Faults:
    """Yield what of targets does not fit the kind of their measure, or the plan."""
    for place, aim in enumerate(targets, start=1):
        name = field.format(place)
        if kind == Kind.SHARE and not 0 <= aim.number <= 100:
            yield _("Enter per cent, from 0 to 100."), name
        if kind == Kind.YES_NO and aim.number != 1:
            yield _("The target of a yes or no is yes, by a date."), name
        if kind == Kind.PERIOD and aim.months is None:
            yield _("Choose how long the period of the target is."), "months"
        if aim.by.last_day < plan.released_on:
            yield (
                _("The plan began after that date. Enter a later one."),
                name.replace("number", "by"),
            )


# --- a request to change it, as plain data ----------------------------------------------------------


def to_data(
    measure: Measure, values: Mapping[str, Any], targets: Sequence[Aimed]
) -> dict[str, Any]:
    """Return the change as a variation keeps it (`adds`): only what differs."""
    changed = {name: value for name, value in values.items() if getattr(measure, name) != value}
    return {
        "measure": measure.pk,
        "values": {name: _plain(value) for name, value in changed.items()},
        "targets": [aim.data for aim in targets],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Agency):
        return value.pk
    return str(value) if isinstance(value, Decimal | date) else value


def of_data(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Aimed]]:
    """Return the values and targets of a request."""
    values = set_up_of(data["values"])
    if values.get("responsible_agency") is not None:
        values["responsible_agency"] = Agency.objects.get(pk=values["responsible_agency"])
    return values, list(map(Aimed.of, data["targets"]))


def change_in_words(measure: Measure, data: Mapping[str, Any]) -> tuple[str, str]:
    """Return what the change is of, before and after: its targets, and each part of the set-up in a line."""
    values, targets = of_data(data)
    now = measured(measure, measure.plan.released_on)
    then = now._replace(**{name: values[name] for name in ("kind", "unit") if name in values})
    was = {
        each.pk: Aim(each.pk, each.number, each.by, each.months) for each in measure.targets.all()
    }
    before, after = [], []
    for place, aim in enumerate(targets):
        new = Aim(-place - 1, aim.number, aim.by, aim.months)
        if aim.replaces in was:
            before.append(target_in_words(now, was[aim.replaces]))
        after.append(target_in_words(then, new))
    lines = [[_("{name}: {targets}").format(name=_name(measure), targets=list_in_words(each)) if each else _name(measure)] for each in (before, after)]  # fmt: skip
    stored = {name: getattr(measure, name) for name in values}
    for side, told in zip(lines, (stored, values), strict=True):
        side += [f"{label}: {words}" for label, words in shown(told)]
    return "\n".join(lines[0]), "\n".join(lines[1])


def _name(measure: Measure) -> str:
    return with_capital(measure.as_told or measure.description)


def shown(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (label, words) of what of a set-up is not empty."""
    return [
        (str(LABELS[name]), _shown(name, value))
        for name, value in values.items()
        if value not in (None, "")
    ]


def _shown(name: str, value: Any) -> str:
    choices = {"kind": Kind, "better": Measure.Better, "asked": Measure.Asked}
    if name in choices:
        return str(choices[name](value).label)
    if isinstance(value, Decimal):
        return figure(value)
    return day_words(value) if isinstance(value, date) else str(value)


LABELS = {
    "kind": gettext_lazy("How it is counted"),
    "as_told": gettext_lazy("What is counted"),
    "unit": gettext_lazy("Unit"),
    "better": gettext_lazy("Which way is better"),
    "asked": gettext_lazy("How often a number is due"),
    "source": gettext_lazy("Source"),
    "responsible_agency": gettext_lazy("Who gives the numbers"),
    "baseline": gettext_lazy("Number before the plan"),
    "baseline_on": gettext_lazy("Day of that number"),
    "baseline_unknown": gettext_lazy("Why the number before the plan is not known"),
}
