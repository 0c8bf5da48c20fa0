"""Writers of several processes: none keeps the others out of SQLite for long."""

import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from bridge.store.database import Database

_GREEDY = """
import sys, threading, time
import sqlalchemy as sa
from bridge.store.database import Database

db = Database(sys.argv[1])

def write():
    while True:
        with db.write() as connection:
            connection.execute(sa.text("UPDATE numbers SET value = value + 1"))
            time.sleep(0.02)

for _ in range(4):
    threading.Thread(target=write, daemon=True).start()
print("writing", flush=True)
sys.stdin.read()
"""


def test_a_process_that_writes_all_the_time_lets_another_one_write(tmp_path: Path) -> None:
    """Its turn comes after a few of the other's, where SQLite's own lock may never be found free."""
    url = f"sqlite:///{tmp_path / 'bridge.db'}"
    db = Database(url)
    with db.write() as connection:
        connection.execute(sa.text("CREATE TABLE numbers (value INTEGER)"))
        connection.execute(sa.text("INSERT INTO numbers VALUES (0)"))
    greedy = subprocess.Popen(
        [sys.executable, "-c", _GREEDY, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert greedy.stdout is not None
        assert greedy.stdout.readline() == "writing\n"
        passed = []
        for _ in range(20):
            time.sleep(0.05)
            with db.read() as connection:
                before = _value(connection)
            with db.write() as connection:
                passed.append(_value(connection) - before)
        with db.read() as connection:
            written = _value(connection)
    finally:
        greedy.communicate("")
        db.close()

    assert written > 10  # the other one wrote all the while
    assert max(passed) <= 3  # and no more than that went before us


def _value(connection: sa.Connection) -> int:
    return int(connection.execute(sa.text("SELECT value FROM numbers")).scalar_one())
