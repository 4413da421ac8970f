"""Check the grounds on which something is withheld: sections of the Act, never a marking or a wish."""

from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _

from reports.document import Marking
from reports.document.dates import long_date
from reports.requests.law.act import Ground, UnknownGround, act_named
from workitems.plan.services.refusals import Refused

MARKINGS = {
    *(marking.value for marking in Marking),
    *("RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"),
}
NOT_HELD = ("18(e)", "18(g)")
OUT_OF_SCOPE = {"OUT OF SCOPE", "NOT IN SCOPE", "NOT RELEVANT", "IRRELEVANT"}


def checked_grounds(codes: Iterable[str], *, on: date) -> tuple[Ground, ...]:
    """Return the grounds of these codes, each once, in the order of the Act.

    Raise `Refused` for a security marking, for "out of scope", for a code that the Act does not have
    and for a ground that was not in force on the day.
    """
    act = act_named()
    given = [" ".join(code.split()) for code in codes if code.strip()]
    for code in given:
        plain = code.upper().replace("-", " ")
        if plain in MARKINGS:
            raise Refused(
                _(
                    "“{code}” is a security marking, and a marking is never a ground. Choose the section of "
                    "the Act that protects these words."
                ).format(code=code),
                "grounds",
            )
        if plain in OUT_OF_SCOPE:
            raise Refused(
                _(
                    "“{code}” is no ground: words of a paper in scope are released or withheld under the "
                    "Act. A whole paper can be decided as out of scope."
                ).format(code=code),
                "grounds",
            )
    try:
        found = act.in_order(given)
    except UnknownGround as error:
        raise Refused(str(error), "grounds") from error
    for ground in found:
        if not ground.is_in_force_on(on):
            raise Refused(
                _("{section} was not in force on {day}.").format(
                    section=ground.cited, day=long_date(on)
                ),
                "grounds",
            )
    return found


def need_withholding(grounds: Iterable[Ground], *, kept: Collection[str] = ()) -> None:
    """Raise `Refused` for a ground that refuses a request, but for codes that are `kept`."""
    for ground in grounds:
        if not ground.withholds and ground.code not in kept:
            raise Refused(
                _(
                    "{section} is a reason to refuse a request, and does not withhold words or a paper. Choose "
                    "a ground of section 6, 7 or 9."
                ).format(section=ground.cited),
                "grounds",
            )


def need_refusing(
    grounds: Iterable[Ground], *, is_held: bool = True, kept: Collection[str] = ()
) -> None:
    """Raise `Refused` for a ground that does not refuse a request for a paper, but for codes that
    are `kept`. What is not held is refused as such."""
    for ground in grounds:
        if ground.code in kept:
            continue
        if not is_held and ground.code not in NOT_HELD:
            first, second = (f"s {code}" for code in NOT_HELD)
            raise Refused(
                _(
                    "{section} is about information that is held. Refuse what is not held here under "
                    "{first} or {second}."
                ).format(section=ground.cited, first=first, second=second),
                "grounds",
            )
        if ground.withholds:
            raise Refused(
                _(
                    "{section} withholds a paper. Choose “Withheld” as the decision, or refuse it under "
                    "section 10 or 18."
                ).format(section=ground.cited),
                "grounds",
            )


def stored(grounds: Iterable[Ground]) -> str:
    return " ".join(ground.code for ground in grounds)


def need_public_interest(grounds: Iterable[Ground], note: str) -> None:
    """Raise `Refused` for a balanced ground without a note on the public interest."""
    balanced = [ground.cited for ground in grounds if ground.is_balanced]
    if balanced and not note.strip():
        raise Refused(
            _(
                "{section} can be outweighed by the public interest. Say why release would be in the "
                "public interest, and why that does not outweigh the ground."
            ).format(section=balanced[0]),
            "public_interest",
        )
