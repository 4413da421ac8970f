"""Converts frozen dataclasses to and from JSON by their annotations.

It handles dataclasses, tuples, dates, string enumerations, strings, integers, booleans, None, and
unions of dataclasses (by a "type" key). Unknown, missing and mistyped entries are refused; classes
check further rules when they are built.

Data of earlier releases can be read: missing entries take the class's defaults, and data of a lower
schema number is upgraded step by step first. Data of a higher schema number is refused.

So that an earlier release can read what this one writes, an entry that it does not know (`added`) is
written only where it is not the default.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

# Takes plain data of one schema number and returns it for the next.
Upgrade = Callable[[Any], Any]


class Malformed(ValueError):
    """The data does not match the class. The message completes "it cannot be read: ..."."""


ADDED = "added"


def added(default: T) -> T:
    """Return the field of an entry that earlier releases do not know; they mean the default."""
    entry: T = field(default=default, metadata={ADDED: True})
    return entry


def dump(data: object) -> bytes:
    """Return canonical bytes: sorted keys, no spaces, UTF-8."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def load(data: bytes) -> Any:
    """Parse JSON. Raise `Malformed` for repeated keys and for numbers that are not integers."""
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
    except (ValueError, RecursionError) as fault:
        if isinstance(fault, Malformed):
            raise
        raise Malformed("it is not JSON") from fault


def upgraded(data: Any, schema: Any, upgrades: Sequence[Upgrade]) -> Any:
    """Upgrade data from a schema number to the current one.

    `upgrades[0]` takes data of schema 1 to schema 2, and so on. A step may modify its argument.
    Raise `Malformed` for an invalid or a higher schema number.
    """
    today = len(upgrades) + 1
    reads = f"its schema is {schema!r}; this version reads {'1' if today == 1 else f'1 to {today}'}"
    if type(schema) is not int or schema < 1:
        raise Malformed(reads)
    if schema > today:
        raise Malformed(f"{reads}, and a newer one wrote it")
    for upgrade in upgrades[schema - 1 :]:
        data = upgrade(data)
    return data


def plain(value: Any) -> Any:
    """Return the value as dictionaries, lists, strings, integers, booleans and None."""
    if is_dataclass(value) and not isinstance(value, type):
        data = {
            entry.name: plain(kept)
            for entry in fields(value)
            if not _goes_unsaid(entry, kept := getattr(value, entry.name))
        }
        return {"type": type(value).__name__, **data}
    if isinstance(value, tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value


def _goes_unsaid(entry: Field[Any], value: Any) -> bool:
    return ADDED in entry.metadata and bool(value == entry.default)


def build(kind: Callable[..., T], data: Any, at: str = "document") -> T:
    """Return an instance of the dataclass `kind`. Missing entries take their defaults.

    `at` is the path, for messages. Raise `Malformed` for unknown, missing or mistyped entries.
    """
    if not isinstance(data, dict):
        raise Malformed(f"{at} is not an object")
    if data.get("type") != _name(kind):
        raise Malformed(f"{at} is not a {_name(kind)}")
    hints = _hints(kind)
    if unknown := sorted(data.keys() - hints.keys() - {"type"}):
        raise Malformed(f"{at} has an unknown entry “{unknown[0]}”")
    if missing := sorted(required(kind) - data.keys()):
        raise Malformed(f"{at} has no “{missing[0]}”")
    return kind(
        **{
            name: _value(hint, data[name], f"{at}.{name}")
            for name, hint in hints.items()
            if name in data
        }
    )


@cache
def required(kind: Any) -> frozenset[str]:
    """Return the names of a dataclass's fields without a default."""
    return frozenset(
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    )


def _name(kind: Any) -> str:
    return str(kind.__name__)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _value(hint: Any, data: Any, at: str) -> Any:
    origin = get_origin(hint)
    if origin is tuple:
        if not isinstance(data, list):
            raise Malformed(f"{at} is not a list")
        entry_hint = get_args(hint)[0]
        return tuple(_value(entry_hint, entry, f"{at}[{n}]") for n, entry in enumerate(data))
    if origin in (types.UnionType, Union):
        return _choice(get_args(hint), data, at)
    if isinstance(hint, type) and is_dataclass(hint):
        return build(hint, data, at)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if data not in [member.value for member in hint]:
            raise Malformed(f"{at} is {data!r}, which is no {hint.__name__}")
        return hint(data)
    if hint is date:
        return _date(data, at)
    if type(data) is not hint:
        raise Malformed(f"{at} is not a {hint.__name__}")
    return data


def _choice(options: tuple[Any, ...], data: Any, at: str) -> Any:
    if data is None and types.NoneType in options:
        return None
    rest = [option for option in options if option is not types.NoneType]
    if len(rest) == 1:
        return _value(rest[0], data, at)
    name = data.get("type") if isinstance(data, dict) else None
    for option in rest:
        if option.__name__ == name:
            return build(option, data, at)
    raise Malformed(f"{at} is none of " + ", ".join(option.__name__ for option in rest))


def _date(data: Any, at: str) -> date:
    try:
        if isinstance(data, str) and date.fromisoformat(data).isoformat() == data:
            return date.fromisoformat(data)
    except ValueError:
        pass
    raise Malformed(f"{at} is not a date like 2010-07-30")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise Malformed("an entry stands twice")
    return data


def _no_fraction(text: str) -> Any:
    raise Malformed(f"it holds the number {text}; only whole numbers are kept")
