"""Django's SQLite, whose flush lays the guards of the database aside: the journal refuses every DELETE.

PostgreSQL needs nothing of the kind: it empties tables by TRUNCATE, which asks no row's trigger.
"""

from django.db.backends.sqlite3 import base


class DatabaseOperations(base.DatabaseOperations):
    def sql_flush(self, style, tables, **options) -> list[str]:
        """Drop the triggers, empty the tables, make the triggers again: run in one transaction."""
        flush = super().sql_flush(style, tables, **options)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = cursor.fetchall()
        drop = [f"DROP TRIGGER {self.quote_name(name)}" for name, _ in guards]
        return drop + flush + [sql for _, sql in guards] if flush else []


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
