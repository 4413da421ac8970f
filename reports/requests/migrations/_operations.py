"""The operation that makes this app's tables, or finds those that `reports` made in earlier releases."""

from typing import Any

from agencies.migrations._operations import CreateModels


class CreateAbsentModels(CreateModels):
    """Create each model's table, with its constraints and indexes, unless the database has it.

    Undone, the tables stay: an earlier release may have made them.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        present = set(schema_editor.connection.introspection.table_names())
        for each in self.models:
            if each.options["db_table"] not in present:
                each.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        pass
