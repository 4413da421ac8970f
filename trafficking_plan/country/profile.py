"""The profile of a country: what another government's installation changes, as data.

`countries/NAME.toml` is a profile; a variable of the same name takes precedence over each entry.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from reports.document.cover_design import contrast_with_white

FOLDER = Path(__file__).parent / "countries"
ACTS = Path(__file__).parent.parent.parent / "reports" / "requests" / "law" / "acts"
LANGUAGE = re.compile(r"en(-[A-Z]{2})?")
COLOUR = re.compile(r"#[0-9a-f]{6}")
MARKINGS = 3
MARKS = {".svg": "image/svg+xml", ".png": "image/png"}
# With white; then it is 4.5:1 on the grounds that are tinted.
LEAST_CONTRAST = 5.2
MOST_BYTES = 200_000
# What may be empty.
OPTIONAL = ("REQUESTS", "PRODUCT_MARK", "PRODUCT_COLOURS")


def profile_of(name: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the entries of the profile of this name, with those of the environment before them.

    Raise `ValueError` with a sentence for an unknown country and for each value that cannot be used.
    """
    profiles = sorted(path.stem for path in FOLDER.glob("*.toml"))
    if name not in profiles:
        raise ValueError(f"COUNTRY must be one of {', '.join(profiles)}, not {name!r}.")
    profile = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    given = {key: environment.get(key, value).strip() for key, value in profile.items()}
    for key, value in given.items():
        if not value and key not in OPTIONAL:
            raise ValueError(f"{key} is empty. Give it a value, or leave the line out.")
    return {
        **given,
        "TIME_ZONE": _zone(given["TIME_ZONE"]),
        "LANGUAGE_TAG": _language(given["LANGUAGE_TAG"]),
        "PAPER_SIZE": _one_of("PAPER_SIZE", given["PAPER_SIZE"], ("A4", "Letter")),
        "REQUESTS": _act(given["REQUESTS"]),
        "MARKINGS": _markings(given["MARKINGS"]),
        "TE_REO": _one_of("TE_REO", given["TE_REO"], ("yes", "no")) == "yes",
        "PRODUCT_MARK": _mark(given["PRODUCT_MARK"]),
        "PRODUCT_COLOURS": _colours(given["PRODUCT_COLOURS"]),
    }


def _one_of(key: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"{key} must be {' or '.join(allowed)}, not {value!r}.")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError) as fault:
        raise ValueError(
            f"TIME_ZONE must be a name such as Pacific/Fiji, not {value!r}."
        ) from fault
    return value


def _language(value: str) -> str:
    if not LANGUAGE.fullmatch(value):
        raise ValueError(
            f"LANGUAGE_TAG must be that of an English, such as en-FJ, not {value!r}: papers are written in it."
        )
    return value


def _act(value: str) -> str:
    known = sorted(path.stem for path in ACTS.glob("*.json"))
    if value and value not in known:
        raise ValueError(
            f"REQUESTS must be one of {', '.join(known)}, or empty for no module of requests, not {value!r}."
        )
    return value


def _markings(value: str) -> tuple[str, ...]:
    words = tuple(filter(None, (part.strip() for part in value.split(","))))
    if len(set(words)) != MARKINGS or any(len(each) > 40 for each in words):
        raise ValueError(
            f"MARKINGS must be three different words or phrases, the lowest first, separated by commas, not {value!r}."
        )
    return words


def _mark(value: str) -> str:
    if not value:
        return ""
    path = Path(value)
    if path.suffix not in MARKS or not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise ValueError(
            f"PRODUCT_MARK must be the path of an SVG or PNG file of at most 200 kB, not {value!r}."
        )
    return value


def _colours(value: str) -> tuple[str, ...]:
    if not value:
        return ()
    colours = tuple(part.strip().lower() for part in value.split(","))
    if len(colours) != 2 or not all(COLOUR.fullmatch(each) for each in colours):
        raise ValueError(
            f"PRODUCT_COLOURS must be two colours such as #0b5158, #062f34, not {value!r}."
        )
    for colour in colours:
        if (contrast := contrast_with_white(colour)) < LEAST_CONTRAST:
            raise ValueError(
                f"PRODUCT_COLOURS has {colour}, whose contrast with white is {contrast:.1f}:1. Choose a darker one: 5.2:1 or more."
            )
    return colours
