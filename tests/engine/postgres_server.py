"""A real PostgreSQL with PostGIS and pgvector, for as long as a test needs it: what `make database` installs."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

EXTENSIONS = ("vector", "postgis", "postgres_fdw")
_PROGRAMS = Path("/usr/lib/postgresql")
_SECONDS = 30.0
_SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=60", "shared_buffers=64MB", "log_statement=all")


class PostgresServer:
    """A server on a free port and on a socket in its own folder, run by an unprivileged user; a context manager.

    Whoever comes through the socket is trusted, through the port a password is wanted. The database `frors` has the
    extensions, and its superuser is `owner`. `log` is the path of the server's log, which holds every statement.
    """

    def __init__(self, settings: Sequence[str] = ()) -> None:
        """settings: more of the server's, which go before ours."""
        # A socket's path has at most 107 bytes, and pytest's own folders are root's alone.
        self.folder = Path(tempfile.mkdtemp(prefix="frors-postgres-", dir="/tmp"))
        self.log = self.folder / "log"
        self.port = _free_port()
        self._settings = (*_SETTINGS, *settings)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PostgresServer:
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self) -> None:
        if os.geteuid() == 0:  # which initdb refuses to be
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        data = self.folder / "data"
        subprocess.run(
            _unprivileged(
                *(_program("initdb"), "--no-sync", "--pgdata", str(data), "--username=owner", "--encoding=UTF8"),
                *("--no-locale", "--auth-local=trust", "--auth-host=scram-sha-256"),
            ),
            check=True,
            capture_output=True,
            cwd="/",
        )
        self.start()
        self.execute("CREATE DATABASE frors", database="postgres")
        for extension in EXTENSIONS:
            self.execute(f"CREATE EXTENSION {extension}")

    def location(self, schema: str, user: str = "owner") -> str:
        """The location of an archive on this server, through the socket."""
        return f"postgresql:host={self.folder} port={self.port} dbname=frors user={user} schema={schema}"

    def execute(self, statement: str, *values: object, database: str = "frors") -> list[tuple]:
        """The rows that a statement of the superuser gives."""
        with closing(self._connect(database)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def holding_up(self, schema: str) -> Iterator[Callable[[], bool]]:
        """Until the block ends, whoever writes chips into a schema waits; gives what tells whether somebody does."""
        with closing(self._connect("frors")) as connection:
            connection.cursor().execute(f"LOCK TABLE {schema}.chips IN EXCLUSIVE MODE")
            yield lambda: bool(self.execute("SELECT 1 FROM pg_locks WHERE NOT granted"))

    def _connect(self, database: str) -> Any:
        return psycopg2.connect(host=str(self.folder), port=self.port, dbname=database, user="owner")

    def start(self) -> None:
        """Starts the server; it ends with this process at the latest."""
        options = [option for setting in self._settings for option in ("-c", setting)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                _unprivileged(
                    *(_program("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)),
                    *("-p", str(self.port), "-h", "127.0.0.1", *options),
                ),
                stdout=log,
                stderr=log,
                cwd="/",
            )
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                self.execute("SELECT 1", database="postgres")
                return
            except psycopg2.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Ends the server at once, whoever is connected; its data stay. SIGINT: it tells them so."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_SECONDS)
            self._process = None


def missing() -> str | None:
    """Why no server can be started here; None where one can."""
    if not _versions():
        return "PostgreSQL is not here: make database"
    folder = Path("/usr/share/postgresql", _versions()[-1], "extension")
    absent = [name for name in EXTENSIONS if not (folder / f"{name}.control").is_file()]
    return f"PostgreSQL lacks {', '.join(absent)}: make database" if absent else None


def _versions() -> list[str]:
    return sorted((path.name for path in _PROGRAMS.glob("*") if path.name.isdigit()), key=int)


def _program(name: str) -> str:
    return str(_PROGRAMS / _versions()[-1] / "bin" / name)


def _unprivileged(*command: str) -> list[str]:
    """A command as an ordinary user, which gets SIGQUIT when this process ends."""
    user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", "--pdeathsig=QUIT", *user, "--", *command]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
