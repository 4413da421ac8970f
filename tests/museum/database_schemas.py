"""What a database's schema consists of, as texts that can be compared with those of another."""

import re
from collections import defaultdict

ON_POSTGRESQL = {
    "columns": """
        SELECT relname, concat_ws(
            ' ', attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' END,
            'default ' || pg_get_expr(adbin, adrelid), 'identity ' || nullif(attidentity::text, ''),
            'collation ' || nullif(attcollation, typcollation)::text
        )
        FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid
        JOIN pg_type ON pg_type.oid = atttypid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    """,
    "constraints": """
        SELECT relname, conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT relname, pg_get_triggerdef(pg_trigger.oid) || ' ' || tgenabled::text
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal
    """,
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
    """,
    "other relations": """
        SELECT relname, relkind::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i')
    """,
}


def schema_of(connection):
    """Return the definitions of each kind by the table or other thing that they belong to.

    The order of columns is not part of it: a new database has them in another order.
    """
    read = of_postgresql if connection.vendor == "postgresql" else of_sqlite
    with connection.cursor() as cursor:
        return {f"{kind} of {name}": found for (kind, name), found in read(cursor).items()}


def of_postgresql(cursor):
    found = defaultdict(set)
    for kind, query in ON_POSTGRESQL.items():
        cursor.execute(query)
        for name, definition in cursor.fetchall():
            found[kind, name].add(as_restored(definition))
    return found


def as_restored(definition):
    """Return a definition without the casts of lists, which a restored backup has at other places."""
    definition = re.sub(r"::(character varying|text)(\[\])?", "", definition)
    definition = re.sub(r"\(('[^']*')\)", r"\1", definition)
    return re.sub(r"\(\((ARRAY\[[^]]*\])\)\)", r"(\1)", definition)


def of_sqlite(cursor):
    found = defaultdict(set)
    cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    for kind, name, table, sql in cursor.fetchall():
        if sql.startswith("CREATE TABLE"):
            found["columns and constraints", name].update(parts_of(sql))
        else:
            found[kind, table].add(sql)
    return found


def parts_of(create_table):
    """Yield the columns and constraints of a CREATE TABLE, and what comes after its brackets."""
    depth, quote, part = 0, "", ""
    body = create_table.split("(", 1)[1]
    for letter in body:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        if not quote and (depth < 0 or letter == "," and depth == 0):
            yield part.strip()
            part = ""
            depth = max(depth, 0)
        else:
            part += letter
    if part.strip():
        yield part.strip()
