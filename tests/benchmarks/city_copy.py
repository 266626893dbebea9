"""Puts a city that was filled on SQLite into PostgreSQL: the same rows, what is derived from them too.

Filling takes half an hour, copying some minutes. The rows go over as SQLite stores them; PostgreSQL
reads instants, days and truth values from that by itself. Triggers stay silent meanwhile.
"""

import sqlite3
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Table

from hub.app import create_app
from hub.config import HubConfig
from hub.core.db import Base
from shared.web.settings import write_secret


def copy_city(file: Path, url: str) -> None:
    """Fill the empty database at `url` from the SQLite `file`."""
    with tempfile.TemporaryDirectory() as folder:
        config = HubConfig(city="stadt", city_name="Stadt", data_folder=Path(folder), database=url)
        write_secret(config.secret_file, "only for this benchmark")
        create_app(config).extensions["stadtherz.database"].dispose()  # makes the tables
    began = time.perf_counter()
    source = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    with psycopg.connect(url, autocommit=True) as target:
        target.execute("SET session_replication_role = replica")
        for table in Base.metadata.sorted_tables:
            target.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(table.name)))
        for table in Base.metadata.sorted_tables:
            _copy_table(source, target, table)
        target.execute("VACUUM ANALYZE")  # what autovacuum has done by the next morning
    source.close()
    print(f"  copied from SQLite: {time.perf_counter() - began:.0f} s", flush=True)


def _copy_table(source: sqlite3.Connection, target: psycopg.Connection, table: Table) -> None:
    names = [column.name for column in table.columns if column.computed is None]
    listed = ", ".join(f'"{name}"' for name in names)
    rows = source.execute(f"SELECT {listed} FROM {table.name}")
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    put = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    with target.cursor() as cursor, cursor.copy(put) as copy:
        for row in rows:
            copy.write_row(row)
