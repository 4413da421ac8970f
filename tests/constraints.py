"""Helpers to assert that the database refuses a row, and by which constraint."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction


def declared(app_label: str) -> set[str]:
    """Return the names of the constraints that the app's models declare."""
    return {
        constraint.name
        for model in apps.get_app_config(app_label).get_models()
        for constraint in model._meta.constraints
    }


@contextmanager
def refused_by(name: str) -> Iterator[None]:
    """Assert that the block breaks the named constraint; roll back its writes."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
    assert told(name) in str(refusal.value)


def told(name: str) -> str:
    """Return the database's name of a constraint; SQLite gives the columns of a unique one."""
    if connection.vendor == "postgresql":
        return f'"{name}"'
    model, constraint = next(
        (model, constraint)
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.name == name
    )
    if not isinstance(constraint, models.UniqueConstraint):
        return f"CHECK constraint failed: {name}"
    if constraint.expressions:
        return f"UNIQUE constraint failed: index '{name}'"
    columns = [model._meta.get_field(field).column for field in constraint.fields]
    return "UNIQUE constraint failed: " + ", ".join(
        f"{model._meta.db_table}.{column}" for column in columns
    )
