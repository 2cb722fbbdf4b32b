"""`easel backup` and `easel restore`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_config import settings
from bot.cli_errors import ANYTHING_ELSE, complain

if TYPE_CHECKING:
    from bot.ops.database_copy import Tell

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object about it.")]


@app.command(epilog="Example: easel backup /mnt/other-disk/easel")
def backup(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Where to make it; `backups` in the storage folder, if not said.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Back up the database and the pictures; Easel may be running."""
    from bot.ops.backup import back_up

    storage = settings(context).storage.folder
    with _bar(quiet=as_json) as tell:
        made = back_up(storage, folder, at=datetime.now(UTC), tell=tell)
    manifest = made.manifest
    for digest, detail in manifest.lost.items():
        complain(f"picture {digest}.png {detail}: it is in the database and not in this backup")
    if as_json:
        about = {
            "backup": str(made.path),
            "made_at": manifest.made_at,
            "schema": manifest.schema,
            "jobs": manifest.jobs,
            "pictures": len(manifest.pictures),
            "bytes": manifest.database_bytes + sum(manifest.pictures.values()),
            "lost": dict(manifest.lost),
        }
        typer.echo(json.dumps(about))
        return
    typer.echo(f"{made.path}: {manifest.jobs} jobs, {len(manifest.pictures)} pictures")


@app.command(epilog="Example: easel restore data/backups/easel-20260102-030405 --verify")
def restore(
    context: typer.Context,
    source: Annotated[
        Path, typer.Argument(metavar="BACKUP", help="A folder that `easel backup` made, or a .db file.")
    ],
    verify: Annotated[
        bool, typer.Option("--verify", help="Only read it through, and say what is wrong with it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of what is stored, which is kept aside. Stop Easel first."""
    storage = settings(context).storage.folder
    if verify:
        _verify(storage, source, as_json=as_json)
        return
    from bot.ops.restore import restore as put_back

    with _bar(quiet=as_json) as tell:
        done = put_back(storage, source, at=datetime.now(UTC), tell=tell)
    for digest in done.lost:
        complain(f"picture {digest}.png is neither in the backup nor in {storage}")
    if as_json:
        typer.echo(json.dumps({**asdict(done), "aside": str(storage / done.aside)}))
        return
    went_on = "went on with a restore that was cut short; " if done.resumed else ""
    typer.echo(
        f"{went_on}{done.jobs} jobs and {done.pictures} pictures are back; "
        f"what was there before is in {storage / done.aside}"
    )


def _verify(storage: Path, source: Path, *, as_json: bool) -> None:
    from bot.ops.examine_backup import examine, spoilt_pictures
    from bot.store.layout import IMAGES_NAME
    from bot.store.picture_files import PictureFiles

    with _bar(quiet=as_json) as tell:
        found = examine(source, tell=tell)
        lost = dict(found.lost)
        if found.images is None:  # a database alone goes by the pictures that are there
            lost = spoilt_pictures(PictureFiles(storage / IMAGES_NAME), found.needed, tell)
    faults = found.all_faults
    if as_json:
        about = {
            "backup": str(source),
            "whole": found.whole,
            "faults": faults,
            "schema": found.schema,
            "jobs": found.jobs,
            "pictures": len(found.needed),
            "lost": lost,
        }
        typer.echo(json.dumps(about))
    else:
        for fault in faults:
            complain(fault)
        for digest, detail in sorted(lost.items()):
            said = (
                f"{detail} in {storage / IMAGES_NAME}"
                if found.images is None
                else "was lost already when this backup was made"
            )
            complain(f"note: picture {digest}.png {said}")
        if found.whole:
            typer.echo(
                f"{source} is whole: schema {found.schema}, {found.jobs} jobs, {len(found.needed)} pictures"
            )
    if not found.whole:
        raise typer.Exit(ANYTHING_ELSE)


@contextmanager
def _bar(*, quiet: bool) -> "Iterator[Tell]":
    """Shows on standard error how far it is; shows nothing where that is no terminal."""
    from rich import progress
    from rich.console import Console

    console = Console(stderr=True)
    with progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    ) as bar:
        line = bar.add_task("Beginning", total=None)
        yield lambda what, done, total: bar.update(line, description=what, completed=done, total=total)
