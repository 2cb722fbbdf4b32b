"""`easel restore`, against real stores on a real disk, and with real kills."""

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from stored import AT, Contents, Easel, contents, deliver, fill, opened, picture_path, queue

from bot.ops import look_at_storage
from bot.ops.backup import back_up
from bot.ops.restore import restore
from bot.store import JobState, RestoreCutShort, Store
from bot.store.layout import RESTORE_UNDER_WAY
from bot.store.migrate import Migration, migrate, shipped_migrations

NEWEST = len(shipped_migrations())
ROOT = Path(__file__).parents[2]


def quiet(_what: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def easel(storage: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Easel:
    return Easel(storage, capsys, monkeypatch)


def aside(storage: Path) -> list[Path]:
    return sorted(storage.glob("before-restore-*"))


async def test_a_round_trip(easel: Easel) -> None:
    """Jobs, ledger and pictures are what they were; what came after is kept aside, whole."""
    storage = easel.storage
    (_, second) = await fill(storage, range(2))
    before = await contents(storage)
    made = await easel.backup()
    store = await Store.open(storage)
    await store.delete_pictures(f"{1:0>12}", by=30)
    await deliver(store, 7)
    await store.close()
    after = await contents(storage)
    assert not picture_path(storage, second).exists()
    code, out, err = await easel("restore", made)
    assert (code, err) == (0, "")
    (kept,) = aside(storage)
    assert out == f"2 jobs and 2 pictures are back; what was there before is in {kept}\n"
    assert await contents(storage) == before
    assert await contents(kept) == after
    assert not (storage / "restore.ready").exists()
    assert (await easel("restore", made, "--verify"))[0] == 0


async def test_on_a_new_machine(easel: Easel) -> None:
    """A backup is all one needs: the storage folder is made."""
    await fill(easel.storage, range(2))
    before = await contents(easel.storage)
    made = (await easel.backup()).rename(easel.storage.parent / "elsewhere")
    shutil.rmtree(easel.storage)
    code, out, err = await easel("restore", made, "--json")
    assert (code, err) == (0, "")
    about = json.loads(out)
    assert (about["jobs"], about["pictures"], about["lost"], about["resumed"]) == (2, 2, [], False)
    assert await contents(easel.storage) == before


async def test_a_job_that_waited_is_taken_up_again(easel: Easel) -> None:
    """Delivered after the backup, it is unfinished once more, with its message, and is settled once."""
    store = await Store.open(easel.storage)
    waiting = await queue(store, 1)
    made = await easel.backup()
    await store.claim(waiting.id)
    await store.render(waiting.id, 1, [], 4.0, [])
    await store.deliver(waiting.id, 78)
    await store.close()
    assert (await easel("restore", made))[0] == 0
    store = await Store.open(easel.storage)
    (again,) = await store.unfinished()
    assert (again.id, again.state, again.message_id) == (waiting.id, JobState.QUEUED, 78)
    assert [entry.kind for entry in await store.ledger()] == ["reserve"]
    await store.close()


async def test_a_damaged_database_gives_way_and_is_kept(easel: Easel) -> None:
    """The doctor and the store name the very command that mends it."""
    storage = easel.storage
    await fill(storage, range(2))
    before = await contents(storage)
    made = await easel.backup()
    (storage / "easel.db").write_bytes(b"rubble" * 1000)
    (storage / "easel.db-wal").write_bytes(b"more rubble")
    assert f"`easel restore {made}`" in look_at_storage.database(storage).mend
    assert (await easel("restore", made))[0] == 0
    assert await contents(storage) == before
    (kept,) = aside(storage)
    assert (kept / "easel.db").read_bytes() == b"rubble" * 1000
    assert (kept / "easel.db-wal").read_bytes() == b"more rubble"


async def test_not_while_easel_runs(easel: Easel) -> None:
    """One clear line, and nothing changes."""
    store = await Store.open(easel.storage)
    await deliver(store, 1)
    made = await easel.backup()
    code, out, err = await easel("restore", made)
    assert (code, out) == (1, "")
    assert err == f"easel: {easel.storage} is in use: stop Easel first, then restore\n"
    assert (await easel("restore", made, "--verify"))[0] == 0
    assert aside(easel.storage) == []
    await deliver(store, 2)
    await store.close()


def _flip_database(backup: Path) -> None:
    path = backup / "easel.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _cut_manifest(backup: Path) -> None:
    path = backup / "manifest.json"
    path.write_bytes(path.read_bytes()[:-20])


def _change(name: str, value: object) -> Callable[[Path], None]:
    def change(backup: Path) -> None:
        path = backup / "manifest.json"
        body = json.loads(path.read_text())
        if isinstance(value, dict):
            body[name].update(value)
        else:
            body[name] = value
        path.write_text(json.dumps(body))

    return change


def _link_database(backup: Path) -> None:
    path = backup / "easel.db"
    path.rename(backup / "other.db")
    path.symlink_to("other.db")


def _link_images(backup: Path) -> None:
    (backup / "images").rename(backup / "other")
    (backup / "images").symlink_to("other")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_flip_database, "easel.db is damaged"),
        (lambda backup: (backup / "easel.db").unlink(), "easel.db is not there"),
        (_cut_manifest, "manifest.json cannot be read"),
        (_change("format", 2), "manifest.json has format 2, this Easel knows 1; update Easel"),
        (_change("format", "1"), "manifest.json lacks format"),
        (_change("jobs", -1), "manifest.json says -1"),
        (_change("pictures", {"../../../etc/passwd": 1}), "which is no SHA-256"),
        (_change("pictures", {"A" * 64: 1}), "which is no SHA-256"),
        (_change("pictures", {"a" * 64 + "\n": 1}), "which is no SHA-256"),
        (_change("pictures", {"a" * 64: 1}), "manifest.json names other pictures than easel.db"),
        (_link_database, "easel.db is not there, or no plain file"),
        (_link_images, "images is a link"),
    ],
)
async def test_what_is_wrong_with_a_backup_is_found(
    easel: Easel, harm: Callable[[Path], object], said: str
) -> None:
    """`--verify` says so and leaves with 1; a restore refuses it, and changes nothing."""
    await fill(easel.storage, range(2))
    before = await contents(easel.storage)
    made = await easel.backup()
    harm(made)
    code, out, err = await easel("restore", made, "--verify")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert said in err
    code, out, err = await easel("restore", made)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert said in err
    assert aside(easel.storage) == []
    assert await contents(easel.storage) == before


async def test_spoilt_pictures_are_found_and_do_without(easel: Easel) -> None:
    """Each is named. A restore takes what it can from the store itself, and tells what is nowhere."""
    storage = easel.storage
    flipped, gone, linked, whole = await fill(storage, range(4))
    made = (await easel.backup()).rename(storage.parent / "elsewhere")
    for digest in (flipped, gone, linked, whole):  # no longer the store's own files
        path = picture_path(made, digest)
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
    damaged = bytearray(picture_path(made, flipped).read_bytes())
    damaged[100] ^= 1
    picture_path(made, flipped).write_bytes(damaged)
    picture_path(made, gone).unlink()
    picture_path(made, linked).unlink()
    picture_path(made, linked).symlink_to(picture_path(storage, linked))
    picture_path(storage, gone).unlink()
    picture_path(storage, whole).unlink()
    code, out, err = await easel("restore", made, "--verify")
    assert (code, out) == (1, "")
    assert sorted(err.splitlines()) == sorted(
        [
            f"easel: picture {flipped}.png is damaged",
            f"easel: picture {gone}.png is gone",
            f"easel: picture {linked}.png is no plain file",
        ]
    )
    code, out, _ = await easel("restore", made, "--verify", "--json")
    assert (code, json.loads(out)["whole"], len(json.loads(out)["faults"])) == (1, False, 3)
    code, out, err = await easel("restore", made)
    assert code == 0
    assert err == f"easel: picture {gone}.png is neither in the backup nor in {storage}\n"
    for digest in (flipped, linked, whole):
        assert not picture_path(storage, digest).is_symlink()
        assert picture_path(storage, digest).exists()


async def test_a_newer_schema_is_refused(easel: Easel) -> None:
    """What a newer Easel wrote is not put under this one."""
    await fill(easel.storage, range(1))
    later = Migration(number=NEWEST + 1, name="later", sql="CREATE TABLE later (x INTEGER) STRICT;")
    bare = easel.storage.parent / "newer.db"
    shutil.copy(easel.storage / "easel.db", bare)
    migrate(bare, [*shipped_migrations(), later])
    code, _, err = await easel("restore", bare)
    assert code == 1
    assert f"newer.db has schema {NEWEST + 1}, this Easel knows {NEWEST}: update Easel" in err


async def test_a_database_alone(easel: Easel) -> None:
    """Such as a migration leaves: it goes in, the images stay, and pictures that are missing are told."""
    storage = easel.storage
    first, second = await fill(storage, range(2))
    before = await contents(storage)
    bare = storage / "backups" / "easel-before-schema-3.db"
    bare.parent.mkdir()
    with opened(storage / "easel.db") as database:
        database.execute("VACUUM INTO ?", (str(bare),))
    await fill(storage, range(5, 6))
    code, out, err = await easel("restore", bare, "--verify")
    assert (code, err) == (0, "")
    assert f"{bare} is whole: schema {NEWEST}, 2 jobs, 2 pictures" in out
    picture = picture_path(storage, second)
    hidden = picture.rename(picture.with_suffix(".hidden"))
    code, out, err = await easel("restore", bare, "--verify")
    assert (code, err) == (0, f"easel: note: picture {second}.png is gone in {storage / 'images'}\n")
    hidden.rename(picture)
    assert (await easel("restore", bare))[0] == 0
    assert await contents(storage) == before
    (kept,) = aside(storage)
    assert not (kept / "images").exists()
    assert picture_path(storage, first).exists()


async def test_a_database_alone_is_examined_to_its_rows(easel: Easel) -> None:
    """Damage, and rows that refer to nothing, are found."""
    await fill(easel.storage, range(2))
    bare = easel.storage.parent / "copy.db"
    shutil.copy(easel.storage / "easel.db", bare)
    with opened(bare) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("UPDATE images SET job = 'nobody' WHERE job = (SELECT min(job) FROM images)")
    code, _, err = await easel("restore", bare, "--verify")
    assert code == 1
    assert "of images refers to jobs, where there is no such row" in err
    bare.write_bytes(b"no database" * 1000)
    code, _, err = await easel("restore", bare)
    assert code == 1
    assert "cannot be restored: copy.db is damaged" in err


async def test_what_is_no_backup_is_refused(easel: Easel) -> None:
    """Exit code 2 and one line: not there, a folder of something else."""
    for name, said in (("nowhere", "is not there"), (".", "has no manifest.json"), ("/dev/null", "neither")):
        code, out, err = await easel("restore", name)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert said in err


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give folders away")
async def test_the_superuser_leaves_other_peoples_stores_alone(easel: Easel) -> None:
    """Easel could not write to what root puts there: the line says as whom to run."""
    await fill(easel.storage, range(1))
    made = await easel.backup()
    shutil.chown(easel.storage, 12345)
    code, _, err = await easel("restore", made)
    assert code == 2
    assert "sudo -u '#12345'" in err
    assert aside(easel.storage) == []


def test_a_full_disk_changes_nothing(storage: Path) -> None:
    """One line, and the store is as before."""
    asyncio.run(fill(storage, range(3)))
    before = asyncio.run(contents(storage))
    made = back_up(storage, None, at=AT, tell=quiet).path
    script = (
        "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)\n"
        "from bot.cli import main\nmain()"
    )
    done = _run("-c", script, "40000", "restore", made, storage=storage)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("easel: the disk is full: ")
    assert not (storage / "restore.part").exists()
    assert aside(storage) == []
    assert asyncio.run(contents(storage)) == before


def _run(*words: str | Path, storage: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *map(str, words)],
        env=_environment(storage),
        cwd=storage.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def _environment(storage: Path) -> dict[str, str]:
    return {**os.environ, "EASEL_STORAGE__FOLDER": str(storage), "PYTHONPATH": str(ROOT)}


def test_killed_at_any_moment_it_goes_on(storage: Path) -> None:
    """After each kill -9 the store is the old one, or refuses to open; the next restore makes it the new one.

    What was there before is never lost: it lies aside, whole.
    """
    asyncio.run(fill(storage, range(30)))
    new = asyncio.run(contents(storage))
    made = back_up(storage, None, at=AT, tell=quiet).path.rename(storage.parent / "backup")
    asyncio.run(fill(storage, range(30, 35)))
    old = asyncio.run(contents(storage))
    script = (
        "import pathlib, sys\nfrom datetime import UTC, datetime\nfrom bot.ops.restore import restore\n"
        "print('ready', flush=True)\n"
        "restore(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), at=datetime.now(UTC),\n"
        "        tell=lambda *_: None)\n"
        "print('done', flush=True)"
    )
    command = [sys.executable, "-c", script, str(storage), str(made)]
    environment = _environment(storage)
    seconds = _how_long(command, environment, storage)
    _put_back(storage, old)
    chance = random.Random(7)
    ends = {"old": 0, "cut": 0, "new": 0}
    for turn in range(12):
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            if turn % 2:  # at once when it begins to put things in place
                while not (storage / RESTORE_UNDER_WAY).exists() and process.poll() is None:
                    pass
            else:
                time.sleep(chance.uniform(0, seconds))
            process.send_signal(signal.SIGKILL)
        ends[_state(storage, old, new)] += 1
        done = restore(storage, made, at=AT, tell=quiet)
        assert not (storage / RESTORE_UNDER_WAY).exists()
        assert asyncio.run(contents(storage)) == new
        assert done.lost == []
        _put_back(storage, old)
    assert ends["cut"] > 0


def _how_long(command: list[str], environment: dict[str, str], storage: Path) -> float:
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        begun = time.monotonic()
        process.stdout.readline()
    assert len(aside(storage)) == 1
    return time.monotonic() - begun


def _state(storage: Path, old: Contents, new: Contents) -> str:
    try:
        found = asyncio.run(contents(storage))
    except RestoreCutShort as error:
        assert f"easel restore {error.backup}" in str(error)  # noqa: PT017
        assert look_at_storage.database(storage).verdict == "problem"
        return "cut"
    assert found in (old, new)
    return "old" if found == old else "new"


def _put_back(storage: Path, old: Contents) -> None:
    """The old store lies in one of the folders aside, whole; begin anew from it."""
    for folder in aside(storage):
        if (folder / "easel.db").exists() and asyncio.run(contents(folder)) == old:
            shutil.rmtree(storage / "images")
            for file in storage.glob("easel.db*"):
                file.unlink()
            for name in ("easel.db", "images"):
                (folder / name).rename(storage / name)
            break
    else:
        pytest.fail("the old store is nowhere")
    for folder in aside(storage):
        shutil.rmtree(folder)
    assert asyncio.run(contents(storage)) == old


@pytest.mark.parametrize("step", range(7))
def test_cut_off_between_any_two_moves(storage: Path, step: int) -> None:
    """Every order of old and new names on the disk that a cut can leave is one that the next restore ends."""
    asyncio.run(fill(storage, range(2)))
    new = asyncio.run(contents(storage))
    made = back_up(storage, None, at=AT, tell=quiet).path
    asyncio.run(fill(storage, range(2, 4)))
    old = asyncio.run(contents(storage))
    script = (
        "import os, pathlib, sys\nfrom datetime import UTC, datetime\nfrom bot.ops.restore import restore\n"
        "moves = int(sys.argv[3])\n"
        "def watch(event, arguments):\n"
        "    global moves\n"
        "    if event == 'os.rename':\n"
        "        if moves == 0: os._exit(9)\n"
        "        moves -= 1\n"
        "sys.addaudithook(watch)\n"
        "restore(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), at=datetime.now(UTC),\n"
        "        tell=lambda *_: None)\n"
    )
    code = _run("-c", script, storage, made, str(step), storage=storage).returncode
    moves_in_all = 6
    assert code == (9 if step < moves_in_all else 0)
    assert (storage / RESTORE_UNDER_WAY).exists() == (0 < step < moves_in_all)
    shutil.move(made, storage.parent / "unmounted")  # what is ready needs no backup
    backup = made if 0 < step < moves_in_all else storage.parent / "unmounted"
    done = restore(storage, backup, at=AT, tell=quiet)
    assert done.resumed == (0 < step < moves_in_all)
    assert asyncio.run(contents(storage)) == new
    assert old in [asyncio.run(contents(folder)) for folder in aside(storage)]
