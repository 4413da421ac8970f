"""Operations that migrations of any app may use."""

from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.models import Field, Index


class CreateModels(Operation):
    """Create the tables of many models that may refer to each other in any order.

    With one `CreateModel` after the other, Django builds the classes of all related models again
    for each. Here it builds them once, after the last.
    """

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: Any) -> None:
        # Built again when they are asked for next.
        state.__dict__.pop("apps", None)
        for each in self.models:
            each.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for each in self.models:
            each.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for each in reversed(self.models):
            each.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.models)} tables"


class DropColumnIndexes(Operation):
    """Drop the indexes of single columns, by model, without touching a row.

    `AlterField` does the same one column at a time, and on SQLite copies the table for each.
    """

    def __init__(self, columns: dict[str, list[str]]) -> None:
        self.columns = columns

    def state_forwards(self, app_label: str, state: Any) -> None:
        for model, names in self.columns.items():
            fields = state.models[app_label, model].fields
            for name in names:
                fields[name] = fields[name].clone()
                fields[name].db_index = False
        state.reload_models([(app_label, model) for model in self.columns])

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for model, field in self._fields(app_label, from_state):
            kept = {index.name for index in model._meta.indexes}
            for name in schema_editor._constraint_names(
                model, [field.column], index=True, type_=Index.suffix, exclude=kept
            ):
                schema_editor.execute(schema_editor._delete_index_sql(model, name))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for model, field in self._fields(app_label, to_state):
            schema_editor.execute(schema_editor._create_index_sql(model, fields=[field]))

    def _fields(self, app_label: str, state: Any) -> list[tuple[Any, Any]]:
        return [
            (model := state.apps.get_model(app_label, name), model._meta.get_field(column))
            for name, columns in self.columns.items()
            for column in columns
        ]

    def describe(self) -> str:
        return f"Drop indexes of {len(self.columns)} tables"


class AddColumns(Operation):
    """Add columns that have a database default, by model, without touching a row.

    `AddField` does the same one column at a time, and on SQLite copies the table for each.
    """

    def __init__(self, columns: dict[str, dict[str, "Field[Any, Any]"]]) -> None:
        self.columns = columns

    def state_forwards(self, app_label: str, state: Any) -> None:
        for model, fields in self.columns.items():
            state.models[app_label, model].fields |= fields
        state.reload_models([(app_label, model) for model in self.columns])

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for model, field in self._fields(app_label, to_state):
            definition, params = schema_editor.column_sql(model, field)
            schema_editor.execute(
                f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)}"
                f" ADD COLUMN {schema_editor.quote_name(field.column)} {definition}",
                params or None,
            )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for model, field in self._fields(app_label, from_state):
            schema_editor.remove_field(model, field)

    def _fields(self, app_label: str, state: Any) -> list[tuple[Any, Any]]:
        return [
            (model := state.apps.get_model(app_label, name), model._meta.get_field(column))
            for name, fields in self.columns.items()
            for column in fields
        ]

    def describe(self) -> str:
        return f"Add columns to {len(self.columns)} tables"
