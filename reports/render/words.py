"""Dates, days and lists as this paper prints them."""

from collections.abc import Sequence
from datetime import date

from workitems.standing import days_in_words

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_date(day: date) -> str:
    """30 July 2010"""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """30 Jul 2010"""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def days(count: int) -> str:
    """1 day, 14 days"""
    return days_in_words(count)


def listed(values: Sequence[str]) -> str:
    """Police, Customs, MFAT; N/A for none."""
    return ", ".join(values) or "N/A"
