"""Rows that the database itself keeps from being changed: a migration operation for SQLite and PostgreSQL."""

from functools import partial

from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader


class Refusal(RunPython):
    """The operation of a migration that makes a trigger; `guard` is the trigger's name."""

    def __init__(self, guard: str, details: dict[str, str]):
        self.guard, self.create, self.drop = (
            guard,
            partial(_run, _CREATE, details),
            partial(_run, _DROP, details),
        )
        super().__init__(self.create, self.drop)


def refuse(
    name: str, *, table: str, event: str, when: str, sentence: str, looks_elsewhere: bool = False
) -> Refusal:
    """A trigger that refuses `event` ("INSERT", "UPDATE", "DELETE") on a row for which `when` holds.

    `when` is SQL over NEW, and OLD where the event has one, that both databases understand. The refused
    statement fails with `sentence`. SQLite loses the triggers of a table that a later migration remakes:
    such a migration has to say them again (`tests/credentials/test_guards.py` notices).

    Say `looks_elsewhere` if `when` has a SELECT: PostgreSQL takes one in the trigger's function alone. On
    SQLite a migration that remakes the table it looks at fails, unless it `lift`s this one too.
    """
    details = {
        "name": name,
        "table": table,
        "event": event,
        "when": when,
        "before": "TRUE" if looks_elsewhere else when,
        "inside": when if looks_elsewhere else "TRUE",
        "row": "OLD" if event == "DELETE" else "NEW",
        "sentence": sentence.replace("'", "''"),
    }
    return Refusal(name, details)


def guards() -> set[str]:
    """The names of all triggers that the migrations of this site make."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    operations = (one for migration in loader.disk_migrations.values() for one in migration.operations)
    return {one.guard for one in operations if isinstance(one, Refusal)}


def lift(refusal: Refusal) -> RunPython:
    """Take a trigger of `refuse` away, in a migration that remakes its table and then says it again."""
    return RunPython(refusal.drop, refusal.create)


def _run(statements: dict[str, list[str]], details: dict[str, str], apps, schema_editor) -> None:
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement.format(**details), params=None)


_CREATE = {
    "sqlite": [
        "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {when} "
        "BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF {inside} THEN "
        "RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; RETURN {row}; END $$",
        "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({before}) "
        "EXECUTE FUNCTION {name}()",
    ],
}
_DROP = {
    "sqlite": ["DROP TRIGGER {name}"],
    "postgresql": ["DROP TRIGGER {name} ON {table}", "DROP FUNCTION {name}()"],
}
