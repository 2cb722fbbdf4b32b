"""Opening, migrating, refusing, and what outlives a crash."""

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite
import pytest

from bot.quota import EVERYONE, NO_LIMIT, Budget, Policy, Scope, ScopeKind, parse_hours
from bot.store import Actor, AuditFilter, DatabaseDamaged, SchemaTooNew, Store, StoreError, StoreInUse
from bot.store.database import Database
from bot.store.migrate import Migration, migrate, shipped_migrations
from bot.store.picture_files import PictureFiles

AT = datetime(2026, 1, 2, tzinfo=UTC)
NEWEST = len(shipped_migrations())
NEXT = Migration(number=NEWEST + 1, name="next", sql="CREATE TABLE later (x INTEGER) STRICT;")


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


async def made(folder: Path) -> Path:
    await (await Store.open(folder)).close()
    return folder / "easel.db"


async def test_one_process_at_a_time(tmp_path: Path) -> None:
    """A second one is refused in one line, and may come when the first has gone."""
    store = await Store.open(tmp_path)
    script = (
        "import asyncio, pathlib, sys\nfrom bot.store import Store, StoreInUse\n"
        "try: asyncio.run(Store.open(pathlib.Path(sys.argv[1])))\n"
        "except StoreInUse as error: sys.exit(str(error))"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    second = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert (second.returncode, second.stderr) == (
        1,
        f"another Easel is using {tmp_path}; stop it first, or give this one its own storage.folder\n",
    )
    with pytest.raises(StoreInUse):
        await Store.open(tmp_path)
    await store.close()
    await made(tmp_path)


async def test_the_database_is_kept_safe(tmp_path: Path) -> None:
    """Write-ahead log, full synchronisation, foreign keys, STRICT tables everywhere."""
    path = await made(tmp_path)
    database = await Database.connect(path)

    async def pragmas(connection: aiosqlite.Connection) -> list[int | str]:
        found = []
        for name in ("journal_mode", "synchronous", "foreign_keys", "user_version"):
            async with connection.execute(f"PRAGMA {name}") as cursor:
                row = await cursor.fetchone()
                assert row is not None
                found.append(row[0])
        return found

    assert await database.read(pragmas) == ["wal", 2, 1, len(shipped_migrations())]
    await database.close()
    with opened(path) as connection:
        loose = connection.execute(
            "SELECT name FROM pragma_table_list "
            "WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
    assert loose == []


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """What a newer Easel wrote is left alone, and the error says what to do."""
    path = await made(tmp_path)
    migrate(path, [*shipped_migrations(), NEXT])
    with pytest.raises(SchemaTooNew, match="update Easel") as caught:
        await Store.open(tmp_path)
    assert (caught.value.found, caught.value.known) == (NEWEST + 1, NEWEST)
    migrate(path, [*shipped_migrations(), NEXT])


async def test_a_copy_is_made_before_the_schema_changes(tmp_path: Path) -> None:
    """The copy holds what was there, under its old schema."""
    store = await Store.open(tmp_path)
    await store.save_memory("a", {"b": [1]})
    await store.close()
    assert not (tmp_path / "backups").exists()
    migrate(tmp_path / "easel.db", [*shipped_migrations(), NEXT])
    (copy,) = (tmp_path / "backups").iterdir()
    with opened(copy) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (NEWEST,)
        assert connection.execute("SELECT value FROM memory").fetchone() == ('{"b": [1]}',)


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """Each step is one transaction."""
    path = await made(tmp_path)
    broken = Migration(
        number=NEWEST + 1, name="broken", sql="CREATE TABLE later (x INTEGER) STRICT; SELECT nonsense;"
    )
    with pytest.raises(sqlite3.OperationalError):
        migrate(path, [*shipped_migrations(), broken])
    with opened(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (NEWEST,)
        assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'later'").fetchone() == (
            0,
        )
    migrate(path, [*shipped_migrations(), NEXT])


def test_the_shipped_migrations_have_no_gap() -> None:
    """Numbered from 1."""
    assert [step.number for step in shipped_migrations()] == list(range(1, len(shipped_migrations()) + 1))


@pytest.mark.parametrize("damage", ["header", "page", "cut", "text", "foreign"])
async def test_a_damaged_database_is_refused(tmp_path: Path, damage: str) -> None:
    """The error names the file and what to do; the file is left as it is, and the folder is let go."""
    store = await Store.open(tmp_path)
    for number in range(200):
        await store.save_memory(f"key {number}", "x" * 500)
    await store.close()
    path = tmp_path / "easel.db"
    content = bytearray(path.read_bytes())
    if damage == "header":
        content[0:16] = b"something else!!"
    elif damage == "page":
        content[8 * 4096 : -4096] = b"\xff" * (len(content) - 9 * 4096)
    elif damage == "cut":
        del content[len(content) // 2 :]
    elif damage == "text":
        content = bytearray(b"not a database at all" * 300)
    path.write_bytes(content)
    if damage == "foreign":
        path.unlink()
        with opened(path) as connection:
            connection.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(DatabaseDamaged, match="put back your own backup with `easel restore") as caught:
            await Store.open(tmp_path)
    assert caught.value.path == path
    assert path.read_bytes() == before


async def test_half_written_pictures_are_swept_out(tmp_path: Path) -> None:
    """What a crash left behind goes at the next start; whole pictures stay."""
    await made(tmp_path)
    folder = tmp_path / "images" / "ab"
    folder.mkdir()
    (folder / "abcd.part").write_bytes(b"half")
    (folder / "abcd.png").write_bytes(b"whole")
    await made(tmp_path)
    assert [file.name for file in folder.iterdir()] == ["abcd.png"]


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    """“No space left” becomes DiskFull with the file's name, and no fragment stays."""
    script = (
        "import pathlib, resource, signal, sys\nfrom bot.store import DiskFull\n"
        "from bot.store.picture_files import PictureFiles\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "files = PictureFiles(pathlib.Path(sys.argv[1]))\nfiles.prepare()\n"
        "try: files.write(b'x' * 5000, files.digest(b'x' * 5000))\n"
        "except DiskFull as error: sys.exit(str(error))"
    )
    images = tmp_path / "images"
    command = [sys.executable, "-c", script, str(images)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "the disk is full" in done.stderr
    assert [path for path in images.rglob("*") if path.is_file()] == []


async def test_writing_the_same_picture_again_is_nothing_new(tmp_path: Path) -> None:
    """A file that a crash cut short is written again."""
    files = PictureFiles(tmp_path / "images")
    files.prepare()
    (digest,) = files.digests([b"picture"])
    files.write(b"picture", digest)
    files.path(digest).write_bytes(b"pict")
    files.write(b"picture", digest)
    assert files.read(digest) == b"picture"


async def test_cancelling_the_awaiter_splits_nothing(tmp_path: Path) -> None:
    """Wherever the caller is cancelled, the unit ends whole and no transaction stays open."""
    store = await Store.open(tmp_path)
    for turns in range(40):
        role, rule = Scope(ScopeKind.ROLE, turns + 1), Policy(budget=Budget(seconds=turns))
        task = asyncio.create_task(store.set_policy(role, rule, by=Actor(guild_id=1, user_id=5, at=AT)))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await store.save_memory("probe", turns)
    await store.close()
    store = await Store.open(tmp_path)
    roles = {scope.id for scope in (await store.policies(1)).own}
    audited = {entry.subject for entry in await store.audit(1, limit=100)}
    assert roles == audited == set(range(2, 41)), "all that had begun was done, and as a whole"
    assert await store.load_memory("probe") == 39
    await store.close()


async def test_a_unit_that_fails_leaves_no_transaction_open(tmp_path: Path) -> None:
    """What it had written is undone, and the next unit works."""
    database = await Database.connect(await made(tmp_path))

    async def broken(connection: aiosqlite.Connection) -> None:
        await connection.execute("INSERT INTO memory VALUES ('a', '1')")
        raise LookupError

    async def count(connection: aiosqlite.Connection) -> int:
        async with connection.execute("SELECT count(*) FROM memory") as cursor:
            row = await cursor.fetchone()
            assert row is not None
            return int(row[0])

    with pytest.raises(LookupError):
        await database.write(broken)
    assert await database.write(count) == 0
    await database.close()


async def test_policies_settings_and_memory_come_back(tmp_path: Path) -> None:
    """What moderators set and what the engine remembers outlives the process, with a trail of who set it."""
    default = Policy(budget=Budget(seconds=600), waiting=3)
    by = Actor(guild_id=1, user_id=7, at=AT, why="they asked")
    role, gone = Scope(ScopeKind.ROLE, 2), Scope(ScopeKind.ROLE, 3)
    night = parse_hours("fri-sun 22:00-06:00", "Europe/Berlin")
    everything = Policy(
        budget=Budget(seconds=NO_LIMIT, window=timedelta(hours=1)),
        waiting=4,
        running=NO_LIMIT,
        side=512,
        steps=30,
        count=2,
        models=frozenset({"pocket", "sd"}),
        hours=(night,),
        weight=2.5,
        exempt=False,
    )
    pool = Budget(seconds=3600, window=timedelta(days=7), burst=60)
    store = await Store.open(tmp_path, default=default)
    await store.set_policy(EVERYONE, Policy(budget=Budget(seconds=5)), by=by)
    await store.set_policy(role, everything, by=by)
    await store.set_policy(gone, Policy(waiting=1), by=by)
    await store.set_policy(gone, None, by=replace(by, user_id=8))
    await store.set_pool(pool, by=by)
    assert await store.set_setting("log channel", 2**60, by=by) is not None
    assert await store.set_setting("log channel", 2**60, by=by) is None, "it is that already"
    await store.save_memory("rates", {"pocket": 0.5})
    await store.save_memory("rates", {"pocket": 0.25})
    await store.close()
    store = await Store.open(tmp_path, default=default)
    policies = await store.policies(1)
    assert policies.own == {EVERYONE: Policy(budget=Budget(seconds=5)), role: everything}
    assert (policies.default, policies.pool) == (default, pool)
    assert (await store.policies(2)).own == {}
    assert await store.settings(1) == {"log channel": 2**60}
    assert await store.settings(2) == {}
    assert await store.load_memory("rates") == {"pocket": 0.25}
    assert await store.load_memory("nothing") is None
    trail = await store.audit(1)
    assert [(entry.act, entry.actor, entry.subject) for entry in trail] == [
        ("setting", 7, None),
        ("quota set", 7, None),
        ("quota clear", 8, 3),
        ("quota set", 7, 3),
        ("quota set", 7, 2),
        ("quota set", 7, None),
    ]
    assert trail[0].detail == {"name": "log channel", "before": None, "after": 2**60}
    assert trail[2].detail == {"scope": "role", "before": {"waiting": 1}, "after": {}}
    assert (trail[0].at, trail[0].why) == (AT, "they asked")
    only = await store.audit(1, AuditFilter(actor=7, act="quota", subject=3))
    assert [entry.number for entry in only] == [trail[3].number]
    assert await store.audit(1, AuditFilter(before=trail[-1].number)) == []
    await store.close()


async def test_a_database_that_cannot_be_opened_is_said_in_one_line(tmp_path: Path) -> None:
    """Not damaged, not ours to mend: the file and what to look at."""
    (tmp_path / "easel.db").mkdir()
    with pytest.raises(StoreError) as refused:
        await Store.open(tmp_path)
    assert "easel.db" in str(refused.value)
    assert "\n" not in str(refused.value)
