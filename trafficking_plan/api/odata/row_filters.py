"""`$filter` as a function of a row: a small part of the language, and everything else refused in words.

`odata_query` reads the text by the published grammar. A comparison with null is false, as the standard says; a
function of null is null, and a row for which the whole is null is left out.
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from trafficking_plan.api.odata.entity_sets import Property
from trafficking_plan.api.problems import Problem

LONGEST = 2_000  # characters
OPTION = "$filter"
KNOWN = (
    "Known are eq, ne, lt, le, gt, ge, in, and, or, not, contains, startswith, endswith, tolower, toupper, year, "
    "month, day and now(), with add or sub and days, such as now() add duration'P60D'."
)
Values = Mapping[str, Any]  # of a row, by the name of the property
Of = Callable[[Values], Any]
NUMBERS = (int, float)
ORDERS = {"Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt, "GtE": operator.ge}
TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
CASES: dict[str, Callable[[str], str]] = {"tolower": str.lower, "toupper": str.upper}
PARTS = ("year", "month", "day")
NOW = "now"
MOVES = {"Add": operator.add, "Sub": operator.sub}
DAYS = re.compile(r"P(\d{1,4})D", re.ASCII)
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
    # The grammar takes a third of a second to load, and most requests filter nothing.
    from odata_query.exceptions import ODataException
    from odata_query.grammar import ODataLexer, ODataParser

    if len(text) > LONGEST:
        raise refused(OPTION, f"A filter can have {LONGEST:,} characters at most.")
    try:
        tree = ODataParser().parse(ODataLexer().tokenize(text.strip()))
        kind, found = _Reader(properties, today).read(tree)
    except ODataException as error:
        raise refused(OPTION, f"The filter cannot be read. {KNOWN}") from error
    except RecursionError as error:
        raise refused(OPTION, "The filter has too many parts within each other.") from error
    if kind is not bool:
        raise refused(OPTION, "A filter is a comparison, such as number eq '1.2'.")
    return lambda row: found(row) is True


class _Reader:
    """Reads the parts of a filter: each into its type and what gives its value for a row."""

    def __init__(self, properties: Mapping[str, Property], today: date) -> None:
        self.properties, self.today = properties, today

    def read(self, node: Any) -> tuple[type, Of]:
        name = type(node).__name__
        read = getattr(self, f"_{name.lower()}", None)
        if read is None:
            raise refused(OPTION, f"The filter has what is not known here. {KNOWN}")
        found: tuple[type, Of] = read(node)
        return found

    def _identifier(self, node: Any) -> tuple[type, Of]:
        name = node.name
        if node.namespace or name not in self.properties:
            raise refused(OPTION, no_such(name, self.properties))
        return self.properties[name].type, lambda row: row[name]

    def _null(self, node: Any) -> tuple[type, Of]:
        return type(None), lambda row: None

    def _literal(self, kind: type, read: Callable[[str], Any], text: str) -> tuple[type, Of]:
        try:
            value = read(text)
        except (ValueError, OverflowError) as error:
            raise refused(OPTION, f"“{text[:40]}” is not {_name(kind)}.") from error
        return kind, lambda row: value

    def _string(self, node: Any) -> tuple[type, Of]:
        return self._literal(str, str, node.val)

    def _integer(self, node: Any) -> tuple[type, Of]:
        return self._literal(int, int, node.val)

    def _float(self, node: Any) -> tuple[type, Of]:
        return self._literal(float, float, node.val)

    def _boolean(self, node: Any) -> tuple[type, Of]:
        return self._literal(bool, lambda text: text.lower() == "true", node.val)

    def _date(self, node: Any) -> tuple[type, Of]:
        return self._literal(date, date.fromisoformat, node.val)

    def _datetime(self, node: Any) -> tuple[type, Of]:
        # Without an offset it is no moment.
        return self._literal(datetime, datetime.fromisoformat, _with_offset(node.val))

    def _compare(self, node: Any) -> tuple[type, Of]:
        comparator = type(node.comparator).__name__
        if comparator == "In":
            return self._in(node)
        (kind, left), (other, right) = self.read(node.left), self.read(node.right)
        _refuse_unlike(kind, other)
        if comparator in ("Eq", "NotEq"):
            self._refuse_unknown(node.left, node.right)
            self._refuse_unknown(node.right, node.left)
        if comparator == "Eq":
            return bool, lambda row: left(row) == right(row)
        if comparator == "NotEq":
            return bool, lambda row: left(row) != right(row)
        order = ORDERS[comparator]

        def compared(row: Values) -> bool:
            one, two = left(row), right(row)
            return one is not None and two is not None and bool(order(one, two))

        return bool, compared

    def _in(self, node: Any) -> tuple[type, Of]:
        kind, left = self.read(node.left)
        choices = []
        for each in node.right.val:
            if type(each).__name__ in ("Identifier", "Call"):
                raise refused(OPTION, "A list after “in” can have values only.")
            other, of = self.read(each)
            _refuse_unlike(kind, other)
            self._refuse_unknown(node.left, each)
            choices.append(of({}))
        return bool, lambda row: left(row) in choices

    def _refuse_unknown(self, node: Any, value: Any) -> None:
        """Refuse the value if the node is a property that never has it: no row would come, without a word."""
        if type(node).__name__ != "Identifier" or type(value).__name__ != "String":
            return
        one_of = self.properties[node.name].one_of
        if one_of and value.val not in one_of.values:
            raise refused(OPTION, f"{node.name} is one of {one_of.words}.")

    def _boolop(self, node: Any) -> tuple[type, Of]:
        left, right = self._condition(node.left), self._condition(node.right)
        decides = type(node.op).__name__ == "Or"

        def both(row: Values) -> bool | None:
            found = left(row), right(row)
            if decides in found:
                return decides
            return None if None in found else not decides

        return bool, both

    def _unaryop(self, node: Any) -> tuple[type, Of]:
        if type(node.op).__name__ != "Not":
            raise refused(OPTION, f"The filter calculates, which is not known here. {KNOWN}")
        of = self._condition(node.operand)
        return bool, lambda row: None if (found := of(row)) is None else not found

    def _condition(self, node: Any) -> Of:
        kind, of = self.read(node)
        if kind is not bool:
            raise refused(OPTION, "Between “and”, “or” and after “not” come comparisons.")
        return of

    def _binop(self, node: Any) -> tuple[type, Of]:
        """Read now() with days added or taken away: a day."""
        move = MOVES.get(type(node.op).__name__)
        by = type(node.right).__name__
        if move is None or not _is_now(node.left) or by != "Duration":
            raise refused(OPTION, f"The filter has what is not known here. {KNOWN}")
        found = DAYS.fullmatch(node.right.val)
        if found is None:
            raise refused(OPTION, "Give a duration in whole days, such as duration'P60D'.")
        try:
            day = move(self.today, timedelta(days=int(found[1])))
        except OverflowError as error:
            raise refused(OPTION, "That is no day of a calendar.") from error
        return date, lambda row: day

    def _call(self, node: Any) -> tuple[type, Of]:
        name = node.func.name
        if _is_now(node):
            return date, lambda row: self.today
        of = [self.read(each) for each in node.args]
        if name in TEXTS:
            _refuse_unless(str, name, of)
            (_, text), (_, part) = of
            return bool, _unless_null(TEXTS[name], text, part)
        if name in CASES:
            _refuse_unless(str, name, of)
            return str, _unless_null(CASES[name], of[0][1])
        if name in PARTS:
            _refuse_unless(date, name, of)
            return int, _unless_null(operator.attrgetter(name), of[0][1])
        raise refused(OPTION, f"The function “{name}” is not known here. {KNOWN}")


def _is_now(node: Any) -> bool:
    return type(node).__name__ == "Call" and node.func.name == NOW and not node.args


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
