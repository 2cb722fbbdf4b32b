"""The command line. Exit codes: 0 done; 2 the request or the config is wrong, told in one line; 1 else."""

import asyncio
import json
import os
import secrets
import sys
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot import cli_backup
from bot.cli_config import config_file
from bot.cli_config import settings as settings_of
from bot.cli_errors import INTERRUPTED, complain, exit_code

app = typer.Typer(
    name="easel",
    help="A shared image studio for Discord teams, on the team's own GPU.",
    epilog='Begin with `easel playground`, or `easel imagine "a red house by the sea" --out house.png`.',
    add_completion=False,
    pretty_exceptions_enable=False,
)
config_app = typer.Typer(help="Look after the configuration.")
models_app = typer.Typer(help="Look at the models.")
app.add_typer(cli_backup.app)
app.add_typer(config_app, name="config")
app.add_typer(models_app, name="models")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"easel {version('easel')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def easel(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            envvar="EASEL_CONFIG",
            metavar="FILE",
            help="The configuration; ./config.toml where that exists.",
        ),
    ] = None,
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Say the version and leave.")
    ] = False,
) -> None:
    context.obj = config
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(
    epilog='Example: easel imagine "a green field under a blue sky --ar 3:2" --seed 7 --out field.png'
)
def imagine(
    context: typer.Context,
    prompt: Annotated[
        list[str],
        typer.Argument(
            metavar="PROMPT",
            help="What to show. Flags as in Discord may follow inside the quotes or after --.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE_OR_DIR", help="A .png, .webp or .jpg file, or a folder; this folder if not said."
        ),
    ] = None,
    count: Annotated[
        str | None, typer.Option(metavar="1..10", help="How many pictures; one if not said.")
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(metavar="N", help="The same seed makes the same picture; random if not said."),
    ] = None,
    steps: Annotated[str | None, typer.Option(metavar="N", help="Denoising steps.")] = None,
    guidance: Annotated[
        str | None,
        typer.Option("--guidance", "--scale", "--cfg", metavar="X", help="How closely to follow the words."),
    ] = None,
    aspect: Annotated[
        str | None, typer.Option("--aspect", "--ar", metavar="W:H", help="The shape of the picture.")
    ] = None,
    negative: Annotated[
        str | None,
        typer.Option("--negative", "--no", metavar="TEXT", help="What to keep out of the picture."),
    ] = None,
    sampler: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which sampler takes the steps.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which model paints; `easel models list` shows them.")
    ] = None,
    image: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A picture to begin from: PNG, JPEG or WebP.")
    ] = None,
    mask: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What of that picture to paint anew: white or erased there, black where it stays.",
        ),
    ] = None,
    strength: Annotated[
        str | None,
        typer.Option(metavar="0..1", help="How far to go from that picture; 0.6 if not said, 1 with a mask."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object about what was made.")
    ] = False,
) -> None:
    """Make pictures here, without Discord."""
    from bot import out_files, terminal
    from bot.prompt import parse, resolve
    from bot.prompt.flags import FLAGS
    from bot.prompt.order import ImageOrder
    from bot.uploads import UploadReader

    settings = settings_of(context)
    typed = {
        "count": count,
        "seed": seed,
        "steps": steps,
        "guidance": guidance,
        "aspect": aspect,
        "negative": negative,
        "sampler": sampler,
        "model": model,
        "strength": strength,
    }
    options = ImageOrder(prompt="")
    if image is not None:
        options = replace(options, image=asyncio.run(UploadReader().picture_at(image)))
    if mask is not None:
        options = replace(options, mask=asyncio.run(UploadReader().picture_at(mask, "mask")))
    for flag in FLAGS:
        text = typed[flag.field]
        if text is not None:
            options = flag.put(options, text)
    catalogue = settings.catalogue(everything=True)
    request = resolve(
        parse(" ".join(prompt)).over(options),
        catalogue=catalogue,
        owner="terminal",
        fresh_seed=secrets.randbelow(2**32),
        limits=terminal.LIMITS,
    )
    paths = out_files.plan(out, request)
    outcome = asyncio.run(
        terminal.paint(request, catalogue=catalogue, settings=settings.engine, quiet=as_json)
    )
    done = terminal.require_done(outcome)
    for path, picture in zip(paths, done.images, strict=True):
        out_files.write(path, picture)
    for note in done.notes:
        complain(note)
    shown = [str(path) for path in paths]
    typer.echo(json.dumps(terminal.summary(request, done, shown)) if as_json else "\n".join(shown))


@app.command(epilog="Example: easel --config studio.toml run")
def run(context: typer.Context) -> None:
    """Serve your Discord server, until interrupted. Needs the bot's token."""
    settings = settings_of(context)
    settings.require_token()
    from bot.app import serve

    asyncio.run(serve(settings))


@app.command(epilog="Example: easel playground --port 8420")
def playground(
    context: typer.Context,
    port: Annotated[
        int,
        typer.Option(min=0, max=65_535, help="Where to serve the page on this machine; 0 takes a free port."),
    ] = 8420,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
    ] = True,
) -> None:
    """A Discord on this machine with the bot in it: no account, no token, nothing to download."""
    settings = settings_of(context)
    import webbrowser

    from bot import app as studio

    asyncio.run(studio.playground(settings, port=port, open_browser=webbrowser.open if browser else None))


@app.command()
def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as one JSON object.")] = False,
) -> None:
    """Look everything over and say what to mend. Leaves with 1 where there is a problem."""
    from bot.ops.doctor import examine, healthy

    checks = examine(config_file(context), os.environ)
    if as_json:
        typer.echo(json.dumps({"healthy": healthy(checks), "checks": [asdict(check) for check in checks]}))
    else:
        typer.echo("\n".join(str(check) for check in checks))
    raise typer.Exit(0 if healthy(checks) else 1)


@config_app.command("check")
def config_check(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="The file to check, if not the one in use.")] = None,
) -> None:
    """Say whether the configuration is right, or everything that is not."""
    if file is not None:
        context.obj = file
    settings_of(context)
    used = config_file(context)
    typer.echo(
        "There is no config.toml here: the defaults are in use." if used is None else f"{used} is right."
    )


@models_app.command("list")
def models_list(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the models as one JSON list.")] = False,
) -> None:
    """Every model known by name; those on offer in Discord are marked."""
    settings = settings_of(context)
    offered = settings.catalogue()
    models = settings.catalogue(everything=True).values()
    if as_json:
        typer.echo(json.dumps([{**asdict(model), "offered": model.name in offered} for model in models]))
        return
    widest = max(len(model.name) for model in models)
    for model in models:
        mark = "*" if model.name in offered else " "
        size = f"{model.width}x{model.height}"
        typer.echo(f"{mark} {model.name:<{widest}}  {size:>9}  {model.licence}  {model.about}")


def main() -> NoReturn:
    """The console script."""
    try:
        code = app(standalone_mode=False) or 0
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise  # a fault of ours: its traceback helps to mend it
        complain(error)
    sys.exit(code)
