"""`$filter` as a function of a row: a small part of the language, and everything else refused in words.

Lark reads the text by the part of the published grammar that is known here. A comparison with null is false, as the
standard says; a function of null is null, and a row for which the whole is null is left out.
"""

import functools
import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from trafficking_plan.api.odata.entity_sets import Property
from trafficking_plan.api.problems import Problem

if TYPE_CHECKING:
    from lark import Lark, Tree

LONGEST = 2_000  # characters
# OData 4.01, URL Conventions 5.1.1: what is not in it cannot be read. Precedence is that of the standard.
GRAMMAR = r"""
?start: either
?either: both | either "or" both -> either
?both: condition | both "and" condition -> both
?condition: comparison | "not" condition -> opposite
?comparison: moved
    | moved "eq" moved -> eq
    | moved "ne" moved -> ne
    | moved "lt" moved -> lt
    | moved "le" moved -> le
    | moved "gt" moved -> gt
    | moved "ge" moved -> ge
    | moved "in" "(" value ("," value)* ")" -> is_in
?moved: value
    | value "add" DURATION -> add
    | value "sub" DURATION -> sub
?value: "null" -> null
    | "true" -> true
    | "false" -> false
    | STRING -> string
    | DATETIME -> datetime
    | DATE -> date
    | FLOAT -> float
    | INTEGER -> integer
    | NAME -> identifier
    | NAME "(" (either ("," either)*)? ")" -> call
    | "(" either ")"

STRING: /'(?:[^']|'')*'/
DURATION: /duration'[^']*'/
DATETIME.4: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})?/
DATE.3: /[0-9]{4}-[0-9]{2}-[0-9]{2}/
FLOAT.2: /-?[0-9]+\.[0-9]+/
INTEGER: /-?[0-9]+/
NAME: /[A-Za-z_][A-Za-z_0-9]*/
%ignore " "
"""
OPTION = "$filter"
KNOWN = (
    "Known are eq, ne, lt, le, gt, ge, in, and, or, not, contains, startswith, endswith, tolower, toupper, year, "
    "month, day and now(), with add or sub and days, such as now() add duration'P60D'."
)
Values = Mapping[str, Any]  # of a row, by the name of the property
Of = Callable[[Values], Any]
Compared = Callable[[Any, Any], bool]
NUMBERS = (int, float)
TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
CASES: dict[str, Callable[[str], str]] = {"tolower": str.lower, "toupper": str.upper}
PARTS = ("year", "month", "day")
NOW = "now"
DAYS = re.compile(r"duration'P(\d{1,4})D'", re.ASCII)
CANNOT_BE_READ = f"The filter cannot be read. {KNOWN}"
NAMES = {str: "text", int: "a number", float: "a number", bool: "true or false"}
EXAMPLES = {
    "text": "'1.2'",
    "a number": "30",
    "true or false": "true",
    "a date": "2026-06-30",
    "a moment": "2026-06-30T09:30:00Z",
}


def refused(option: str, sentence: str) -> Problem:
    return Problem(400, sentence, wrong=[(option, sentence)])


def read_filter(
    text: str, properties: Mapping[str, Property], today: date
) -> Callable[[Values], bool]:
    """Return what says of a row whether it is asked for. Raise `Problem` for what is not known here.

    `today` is the day of the moment that the rows are of: `now()`, as everything that it is compared with is a day.
    """
    # Most requests filter nothing.
    from lark.exceptions import LarkError

    if len(text) > LONGEST:
        raise refused(OPTION, f"A filter can have {LONGEST:,} characters at most.")
    try:
        kind, found = _Reader(properties, today).read(_grammar().parse(text))
    except LarkError as error:
        raise refused(OPTION, CANNOT_BE_READ) from error
    except RecursionError as error:
        raise refused(OPTION, "The filter has too many parts within each other.") from error
    if kind is not bool:
        raise refused(OPTION, "A filter is a comparison, such as number eq '1.2'.")
    return lambda row: found(row) is True


@functools.cache
def _grammar() -> "Lark":
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr")


class _Reader:
    """Reads the parts of a filter: each into its type and what gives its value for a row."""

    def __init__(self, properties: Mapping[str, Property], today: date) -> None:
        self.properties, self.today = properties, today

    def read(self, part: "Tree[Any]") -> tuple[type, Of]:
        found: tuple[type, Of] = getattr(self, f"_{part.data}")(*part.children)
        return found

    def _identifier(self, name: str) -> tuple[type, Of]:
        if name not in self.properties:
            raise refused(OPTION, no_such(name, self.properties))
        return self.properties[name].type, lambda row: row[name]

    def _null(self) -> tuple[type, Of]:
        return type(None), lambda row: None

    def _true(self) -> tuple[type, Of]:
        return bool, lambda row: True

    def _false(self) -> tuple[type, Of]:
        return bool, lambda row: False

    def _literal(self, kind: type, read: Callable[[str], Any], text: str) -> tuple[type, Of]:
        try:
            value = read(text)
        except (ValueError, OverflowError) as error:
            raise refused(OPTION, f"“{text[:40]}” is not {_name(kind)}.") from error
        return kind, lambda row: value

    def _string(self, text: str) -> tuple[type, Of]:
        return self._literal(str, _unquoted, text)

    def _integer(self, text: str) -> tuple[type, Of]:
        return self._literal(int, int, text)

    def _float(self, text: str) -> tuple[type, Of]:
        return self._literal(float, float, text)

    def _date(self, text: str) -> tuple[type, Of]:
        return self._literal(date, date.fromisoformat, text)

    def _datetime(self, text: str) -> tuple[type, Of]:
        # Without an offset it is no moment.
        return self._literal(datetime, datetime.fromisoformat, _with_offset(text))

    def _both_sides(self, left: "Tree[Any]", right: "Tree[Any]") -> tuple[Of, Of]:
        (kind, one), (other, two) = self.read(left), self.read(right)
        _refuse_unlike(kind, other)
        return one, two

    def _eq(self, left: "Tree[Any]", right: "Tree[Any]") -> tuple[type, Of]:
        one, two = self._both_sides(left, right)
        self._refuse_unknown(left, right)
        self._refuse_unknown(right, left)
        return bool, lambda row: one(row) == two(row)

    def _ne(self, left: "Tree[Any]", right: "Tree[Any]") -> tuple[type, Of]:
        _, equal = self._eq(left, right)
        return bool, lambda row: not equal(row)

    def _ordered(self, order: Compared, left: "Tree[Any]", right: "Tree[Any]") -> tuple[type, Of]:
        one, two = self._both_sides(left, right)

        def compared(row: Values) -> bool:
            before, after = one(row), two(row)
            return before is not None and after is not None and order(before, after)

        return bool, compared

    def _lt(self, *sides: "Tree[Any]") -> tuple[type, Of]:
        return self._ordered(operator.lt, *sides)

    def _le(self, *sides: "Tree[Any]") -> tuple[type, Of]:
        return self._ordered(operator.le, *sides)

    def _gt(self, *sides: "Tree[Any]") -> tuple[type, Of]:
        return self._ordered(operator.gt, *sides)

    def _ge(self, *sides: "Tree[Any]") -> tuple[type, Of]:
        return self._ordered(operator.ge, *sides)

    def _is_in(self, left: "Tree[Any]", *listed: "Tree[Any]") -> tuple[type, Of]:
        kind, of = self.read(left)
        choices = []
        for each in listed:
            if each.data in ("identifier", "call"):
                raise refused(OPTION, "A list after “in” can have values only.")
            other, value = self.read(each)
            _refuse_unlike(kind, other)
            self._refuse_unknown(left, each)
            choices.append(value({}))
        return bool, lambda row: of(row) in choices

    def _refuse_unknown(self, part: "Tree[Any]", value: "Tree[Any]") -> None:
        """Refuse the value if the part is a property that never has it: no row would come, without a word."""
        if part.data != "identifier" or value.data != "string":
            return
        name = str(part.children[0])
        one_of = self.properties[name].one_of
        if one_of and _unquoted(str(value.children[0])) not in one_of.values:
            raise refused(OPTION, f"{name} is one of {one_of.words}.")

    def _either(self, left: "Tree[Any]", right: "Tree[Any]") -> tuple[type, Of]:
        return bool, _joined(True, self._condition(left), self._condition(right))

    def _both(self, left: "Tree[Any]", right: "Tree[Any]") -> tuple[type, Of]:
        return bool, _joined(False, self._condition(left), self._condition(right))

    def _opposite(self, part: "Tree[Any]") -> tuple[type, Of]:
        of = self._condition(part)
        return bool, lambda row: None if (found := of(row)) is None else not found

    def _condition(self, part: "Tree[Any]") -> Of:
        kind, of = self.read(part)
        if kind is not bool:
            raise refused(OPTION, "Between “and”, “or” and after “not” come comparisons.")
        return of

    def _moved(
        self, move: Callable[[date, timedelta], date], part: "Tree[Any]", by: str
    ) -> tuple[type, Of]:
        """Read now() with days added or taken away: a day."""
        if part.data != "call" or [*part.children] != [NOW]:
            raise refused(OPTION, f"The filter has what is not known here. {KNOWN}")
        found = DAYS.fullmatch(by)
        if found is None:
            raise refused(OPTION, "Give a duration in whole days, such as duration'P60D'.")
        try:
            day = move(self.today, timedelta(days=int(found[1])))
        except OverflowError as error:
            raise refused(OPTION, "That is no day of a calendar.") from error
        return date, lambda row: day

    def _add(self, part: "Tree[Any]", by: str) -> tuple[type, Of]:
        return self._moved(operator.add, part, by)

    def _sub(self, part: "Tree[Any]", by: str) -> tuple[type, Of]:
        return self._moved(operator.sub, part, by)

    def _call(self, name: str, *parts: "Tree[Any]") -> tuple[type, Of]:
        takes = {NOW: 0} | dict.fromkeys(TEXTS, 2) | dict.fromkeys((*CASES, *PARTS), 1)
        if name not in takes:
            raise refused(OPTION, f"The function “{name[:60]}” is not known here. {KNOWN}")
        if len(parts) != takes[name]:
            raise refused(OPTION, CANNOT_BE_READ)
        if name == NOW:
            return date, lambda row: self.today
        of = [self.read(each) for each in parts]
        if name in TEXTS:
            _refuse_unless(str, name, of)
            (_, text), (_, part) = of
            return bool, _unless_null(TEXTS[name], text, part)
        if name in CASES:
            _refuse_unless(str, name, of)
            return str, _unless_null(CASES[name], of[0][1])
        _refuse_unless(date, name, of)
        return int, _unless_null(operator.attrgetter(name), of[0][1])


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _joined(decides: bool, *of: Of) -> Of:
    """Return “or” (`decides` is true) or “and” of two conditions; null if one is null and the other does not decide."""

    def value(row: Values) -> bool | None:
        found = [each(row) for each in of]
        if decides in found:
            return decides
        return None if None in found else not decides

    return value


def _with_offset(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise refused(OPTION, f"Give “{text}” with its offset, such as {EXAMPLES['a moment']}.")
    return text


def _unless_null(function: Callable[..., Any], *of: Of) -> Of:
    def value(row: Values) -> Any:
        found = [each(row) for each in of]
        return None if None in found else function(*found)

    return value


def _name(kind: type) -> str:
    return NAMES.get(kind, "a moment" if kind is datetime else "a date")


def _refuse_unlike(kind: type, other: type) -> None:
    if kind is other or type(None) in (kind, other) or {kind, other} <= {*NUMBERS}:
        return
    name = _name(kind)
    raise refused(
        OPTION,
        f"A comparison has two values of one kind: {name} with {name}, such as {EXAMPLES[name]}.",
    )


def _refuse_unless(kind: type, function: str, of: list[tuple[type, Of]]) -> None:
    if any(each not in (kind, type(None)) for each, _ in of):
        raise refused(OPTION, f"“{function}” takes {_name(kind)}.")


def no_such(name: str, properties: Mapping[str, Property]) -> str:
    return f"There is no property “{name[:60]}” here. There are: {', '.join(properties)}."
