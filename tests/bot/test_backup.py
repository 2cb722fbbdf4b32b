"""`easel backup`, against real stores on a real disk."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stored import AT, Easel, contents, deliver, fill, opened, picture_path, queue

from bot.ops.backup import back_up
from bot.store import Store
from bot.store.errors import DatabaseDamaged, SchemaTooNew
from bot.store.layout import backups, newest_backup
from bot.store.migrate import Migration, migrate, shipped_migrations

NEWEST = len(shipped_migrations())
ROOT = Path(__file__).parents[2]


def quiet(_what: str, _done: int, _total: int) -> None:
    pass


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def rights(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def easel(storage: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Easel:
    return Easel(storage, capsys, monkeypatch)


async def test_a_backup_holds_the_database_and_the_pictures(easel: Easel) -> None:
    """One folder named for the time, with a manifest of everything in it; whole by `--verify`."""
    digests = await fill(easel.storage, range(3))
    code, out, err = await easel("backup", "--json")
    assert (code, err) == (0, "")
    about = json.loads(out)
    made = Path(about["backup"])
    assert made.parent == easel.storage / "backups"
    assert (about["jobs"], about["pictures"], about["lost"]) == (3, 3, {})
    manifest = json.loads((made / "manifest.json").read_text())
    assert sorted(manifest["pictures"]) == sorted(digests)
    assert names(made) == {"easel.db", "images", "manifest.json"}
    assert rights(made) == 0o700
    code, out, err = await easel("restore", made, "--verify")
    assert (code, err) == (0, "")
    assert out == f"{made} is whole: schema {NEWEST}, 3 jobs, 3 pictures\n"
    assert names(made) == {"easel.db", "images", "manifest.json"}


async def test_easel_writes_while_it_is_backed_up(easel: Easel) -> None:
    """Each backup is one moment's store: every job whole with its ledger and picture, none torn."""
    store = await Store.open(easel.storage)
    done = asyncio.Event()

    async def busy() -> int:
        number = 0
        while not done.is_set() or number < 9:
            await deliver(store, number)
            if number % 3 == 2:  # others are deleted meanwhile
                await store.delete_pictures(f"{number - 1:0>12}", by=30)
            number += 1
        return number

    writing = asyncio.create_task(busy())
    made = [await easel.backup() for _ in range(6)]
    done.set()
    written = await writing
    await store.close()
    for backup in made:
        assert (await easel("restore", backup, "--verify"))[0] == 0
        with opened(backup / "easel.db") as database:
            delivered, settled = database.execute(
                "SELECT (SELECT count(*) FROM jobs WHERE state = 'delivered'), "
                "(SELECT count(*) FROM ledger WHERE kind = 'settle')"
            ).fetchone()
            assert delivered == settled
    assert len((await contents(easel.storage))[0]) == written


async def test_a_backup_never_touches_the_log_of_the_running_store(easel: Easel) -> None:
    """It reads and nothing else: neither database nor write-ahead log change by a byte."""
    store = await Store.open(easel.storage)
    await deliver(store, 0)
    files = [easel.storage / "easel.db", easel.storage / "easel.db-wal"]
    before = [file.read_bytes() for file in files]
    assert before[1]
    made = await easel.backup()
    assert [file.read_bytes() for file in files] == before
    await store.close()
    with opened(made / "easel.db") as database:
        assert database.execute("SELECT count(*) FROM jobs").fetchone() == (1,)


async def test_pictures_take_no_room_twice_on_one_disk(easel: Easel) -> None:
    """They are second names of the same files, and stay when the store deletes its own."""
    (digest,) = await fill(easel.storage, range(1))
    made = await easel.backup()
    live, kept = picture_path(easel.storage, digest), picture_path(made, digest)
    assert live.samefile(kept)
    live.unlink()
    assert kept.exists()
    assert (await easel("restore", made, "--verify"))[0] == 0


@pytest.mark.skipif(
    not Path("/dev/shm").is_dir() or Path("/dev/shm").stat().st_dev == Path("/tmp").stat().st_dev,  # noqa: S108
    reason="there is no second disk here",
)
async def test_on_another_disk_pictures_are_copied_once(easel: Easel) -> None:
    """A second backup there shares the first one's pictures, but not one that has rotted meanwhile."""
    first, second = await fill(easel.storage, range(2))
    elsewhere = Path("/dev/shm") / f"easel-test-{os.getpid()}"  # noqa: S108
    elsewhere.mkdir()
    try:
        await easel("backup", elsewhere)
        (old,) = backups(elsewhere)
        assert not picture_path(easel.storage, first).samefile(picture_path(old, first))
        picture_path(old, second).write_bytes(b"rotten")
        await easel("backup", elsewhere)
        new = backups(elsewhere)[0]
        assert picture_path(old, first).samefile(picture_path(new, first))
        assert (await easel("restore", new, "--verify"))[0] == 0
        assert (await easel("restore", old, "--verify"))[0] == 1
    finally:
        shutil.rmtree(elsewhere)


async def test_a_lost_picture_is_told_and_the_rest_is_kept(easel: Easel) -> None:
    """The manifest says which and why; the backup is good for everything else."""
    gone, kept = await fill(easel.storage, range(2))
    picture_path(easel.storage, gone).unlink()
    code, out, err = await easel("backup", "--json")
    assert code == 0
    assert err == f"easel: picture {gone}.png is gone: it is in the database and not in this backup\n"
    about = json.loads(out)
    assert about["lost"] == {gone: "is gone"}
    assert list(json.loads((Path(about["backup"]) / "manifest.json").read_text())["pictures"]) == [kept]
    code, _, err = await easel("restore", about["backup"], "--verify")
    assert (code, err.count("\n")) == (0, 1)
    assert "lost already" in err


async def test_a_waiting_job_is_kept_too(easel: Easel) -> None:
    """What is not finished comes back unfinished."""
    store = await Store.open(easel.storage)
    await queue(store, 1)
    made = await easel.backup()
    await store.close()
    with opened(made / "easel.db") as database:
        assert database.execute("SELECT state, token FROM jobs").fetchone() == ("queued", "secret")


async def test_what_cannot_be_backed_up_is_refused_in_one_line(easel: Easel) -> None:
    """Exit code 2: no database, no folder, no right to write."""
    code, out, err = await easel("backup")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "holds no database" in err
    assert not (easel.storage / "backups").exists()
    await fill(easel.storage, range(1))
    for folder, said in (("nowhere", "make it first, or mount its disk"), ("/proc", "cannot be written")):
        code, out, err = await easel("backup", folder)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert said in err


async def test_a_damaged_database_is_not_backed_up(storage: Path) -> None:
    """It is named, and so is the command that mends it, with the newest whole backup."""
    await fill(storage, range(40))
    whole = back_up(storage, None, at=AT, tell=quiet).path
    path = storage / "easel.db"
    content = bytearray(path.read_bytes())
    content[4 * 4096 : -4096] = b"\xff" * (len(content) - 5 * 4096)
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged) as caught:
        back_up(storage, None, at=datetime.now(UTC), tell=quiet)
    assert caught.value.path == path
    assert f"`easel restore {whole}`" in str(caught.value)
    assert backups(storage / "backups") == [whole]
    assert not list((storage / "backups").glob("*.part"))
    with pytest.raises(DatabaseDamaged, match="easel restore"):
        await Store.open(storage)


async def test_a_newer_schema_names_the_backup_from_before(storage: Path) -> None:
    """Of all backups the newest that this Easel can read, be it the copy made before a migration."""
    await fill(storage, range(1))
    back_up(storage, None, at=AT, tell=quiet)
    later = Migration(number=NEWEST + 1, name="later", sql="CREATE TABLE later (x INTEGER) STRICT;")
    migrate(storage / "easel.db", [*shipped_migrations(), later])
    copy = storage / "backups" / f"easel-before-schema-{NEWEST + 1}.db"
    with pytest.raises(SchemaTooNew, match=f"`easel restore {copy}`"):
        back_up(storage, None, at=AT, tell=quiet)
    assert newest_backup(storage) == copy
    assert newest_backup(storage, NEWEST - 1) is None


async def test_a_killed_backup_never_looks_whole(easel: Easel) -> None:
    """It bears no backup's name, cannot be restored, and goes when the next one is made."""
    await fill(easel.storage, range(1))
    part = easel.storage / "backups" / "easel-20260102-030405.part"
    part.mkdir(parents=True)
    (part / "manifest.json").write_text("{}")
    other = part.with_name("easel-before-schema-3.part")
    other.write_bytes(b"a migration's")
    code, _, err = await easel("restore", part, "--verify")
    assert code == 2
    assert "never finished" in err
    assert newest_backup(easel.storage) is None
    await easel.backup()
    assert not part.exists()
    assert other.exists()


def test_a_full_disk_leaves_no_half_backup(storage: Path) -> None:
    """One line, exit code 1, and nothing behind."""
    asyncio.run(fill(storage, range(3)))
    script = (
        "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)\n"
        "from bot.cli import main\nmain()"
    )
    for room in (8192, 40_000):
        done = subprocess.run(
            [sys.executable, "-c", script, str(room), "backup"],
            env={**os.environ, "EASEL_STORAGE__FOLDER": str(storage), "PYTHONPATH": str(ROOT)},
            cwd=storage.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("easel: the disk is full: ")
        assert done.stderr.count("\n") == 1
        assert [file.name for file in (storage / "backups").iterdir()] == [".easel-backup.lock"]


async def test_one_backup_at_a_time_in_one_folder(storage: Path) -> None:
    """A second is refused, so that it cannot sweep away what the first is making."""
    await fill(storage, range(1))
    refused: list[tuple[int, bool]] = []

    def meanwhile(_what: str, _done: int, _total: int) -> None:
        if not refused:
            done = subprocess.run(
                [sys.executable, "-m", "bot", "backup"],
                env={**os.environ, "EASEL_STORAGE__FOLDER": str(storage), "PYTHONPATH": str(ROOT)},
                cwd=storage.parent,
                capture_output=True,
                text=True,
                check=False,
            )
            refused.append((done.returncode, "another backup" in done.stderr))

    first = back_up(storage, None, at=AT, tell=meanwhile)
    assert refused == [(1, True)]
    assert backups(storage / "backups") == [first.path]


async def test_a_picture_deleted_meanwhile_is_not_missed(storage: Path) -> None:
    """The database is copied anew, and neither names the picture nor keeps it."""
    store = await Store.open(storage)
    first, second = await deliver(store, 1), await deliver(store, 2)
    loop = asyncio.get_running_loop()
    deleted: list[bool] = []

    def delete_once(what: str, _done: int, _total: int) -> None:
        if what == "Keeping the pictures" and not deleted:
            deleted.append(True)
            for number in (1, 2):
                asyncio.run_coroutine_threadsafe(
                    store.delete_pictures(f"{number:0>12}", by=30), loop
                ).result()
            picture_path(storage, first).parent.mkdir(exist_ok=True)

    made = await asyncio.to_thread(back_up, storage, None, at=AT, tell=delete_once)
    assert deleted
    assert (dict(made.manifest.pictures), dict(made.manifest.lost)) == ({}, {})
    assert not list((made.path / "images").rglob("*.png"))
    assert not picture_path(storage, second).exists()
    await store.close()
