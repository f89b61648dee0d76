"""Makes servers known to another as its shards, as docs/database.md tells an administrator to."""

from __future__ import annotations

from collections.abc import Mapping

from tests.engine.postgres_server import PostgresServer

_SERVER = """
CREATE SERVER {name} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (
    host '127.0.0.1', port '{port}', dbname 'frors', extensions 'vector,postgis', async_capable 'true',
    parallel_commit 'true', use_remote_estimate 'true', fdw_tuple_cost '1',
    options '-c hnsw.ef_search=400 -c hnsw.iterative_scan=relaxed_order -c jit=off');
CREATE USER MAPPING FOR PUBLIC SERVER {name} OPTIONS (user '{user}', password 'sesame');
GRANT USAGE ON FOREIGN SERVER {name} TO PUBLIC
"""


def introduce(server: PostgresServer, shards: Mapping[str, PostgresServer], user: str = "owner") -> None:
    """Lets a server know others by names, where it is a user."""
    for name, shard in shards.items():
        shard.execute(f"ALTER ROLE {user} PASSWORD 'sesame'")
        server.execute(_SERVER.format(name=name, port=shard.port, user=user))
