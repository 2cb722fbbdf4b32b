"""`python -m inference.pocket`: the stages of the recipe, one subcommand each."""

import json
import sys
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Annotated

import torch
import typer
from transformers.utils.logging import disable_progress_bar

from inference.models import POCKET_FOLDER
from inference.pocket import clip, dataset, exam, explain, latents, package, tokenizer, unet, vae
from inference.pocket.crew import Effort, together
from inference.pocket.report import Report

app = typer.Typer(
    name="python -m inference.pocket",
    help=(
        "Makes the pocket model from nothing: draw, tokenizer, vae, unet, decoder, clip, package, evaluate, "
        "in this order. "
        "Every stage can be interrupted and goes on where it stopped."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Folder = Annotated[Path, typer.Option("--folder", help="Where everything made on the way is kept.")]
Seed = Annotated[int, typer.Option(help="Of everything random. The same seed gives the same model.")]
Samples = Annotated[
    int, typer.Option(help="Pictures to learn from, over all sittings; each noise level counts.")
]
Batch = Annotated[int, typer.Option(min=2, help="Pictures a step; each noise level counts.")]
Minutes = Annotated[float | None, typer.Option(help="End this sitting after so many minutes.")]
Processes = Annotated[int | None, typer.Option(help="Two on a CPU, one on anything else, unless said.")]
Threads = Annotated[int, typer.Option(help="Of each process.")]
Device = Annotated[str, typer.Option(help="cpu, cuda or mps.")]

FOLDER = Path("data/pocket")


@app.command()
def draw(
    folder: Folder = FOLDER,
    seed: Seed = 1,
    pictures: Annotated[
        int, typer.Option(help="To train on; a twelfth as many wide and tall ones.")
    ] = 80_000,
    tests: Annotated[int, typer.Option(help="Held out.")] = 1_500,
    processes: Annotated[int, typer.Option(help="One for each core.")] = 2,
) -> None:
    """Draw the pictures and word their captions."""
    counts: dict[dataset.Split, int] = {
        "test": tests,
        "train": pictures,
        "wide": pictures // 12,
        "tall": pictures // 12,
    }
    for split, count in counts.items():
        with Report(f"draw {split}", count, unit="pictures") as report:
            for done in dataset.draw(folder, split, count, seed=seed, processes=processes):
                report.update(done)
        dataset.word(folder, split, count, seed=seed)


@app.command(name="tokenizer")
def learn_words(folder: Folder = FOLDER, seed: Seed = 1) -> None:
    """Learn which pieces the captions' words are made of."""
    words = tokenizer.train(folder, seed=seed)
    typer.echo(
        f"{len(words):,} tokens; “a red house by the sea” is {words.tokenize('a red house by the sea')}",
        err=True,
    )


@app.command(name="vae")
def train_vae(
    folder: Folder = FOLDER,
    seed: Seed = 1,
    samples: Samples = 60_000,
    batch: Batch = 4,
    minutes: Minutes = None,
    processes: Processes = None,
    threads: Threads = 1,
    device: Device = "cpu",
) -> None:
    """Train the autoencoder, then encode all pictures with it."""
    effort = Effort(
        samples=samples,
        batch=batch,
        minutes=minutes,
        processes=processes or (2 if device == "cpu" else 1),
        threads=threads,
        device=device,
        seed=seed,
    )
    _train(effort, vae.train, folder)


@app.command()
def encode(folder: Folder = FOLDER, device: Device = "cpu") -> None:
    """Encode all pictures with the trained autoencoder; `unet` does it too where it was not done."""
    buckets = groupby(latents.encode(folder, device=device), key=itemgetter(0, 2))
    for (name, total), steps in buckets:
        with Report(f"encode {name}", total, unit="pictures") as report:
            for _, done, _ in steps:
                report.update(done)


@app.command(name="unet")
def train_unet(
    folder: Folder = FOLDER,
    seed: Seed = 1,
    samples: Samples = 2_400_000,
    batch: Batch = 64,
    minutes: Minutes = None,
    processes: Processes = None,
    threads: Threads = 1,
    device: Device = "cpu",
) -> None:
    """Train the text encoder and the U-Net."""
    encode(folder=folder, device=device)
    effort = Effort(
        samples=samples,
        batch=batch,
        minutes=minutes,
        processes=processes or (2 if device == "cpu" else 1),
        threads=threads,
        device=device,
        seed=seed,
    )
    _train(effort, unet.train, folder)


@app.command(name="decoder")
def polish_decoder(
    folder: Folder = FOLDER,
    seed: Seed = 1,
    samples: Samples = 20_000,
    batch: Batch = 4,
    minutes: Minutes = None,
    processes: Processes = None,
    threads: Threads = 1,
    device: Device = "cpu",
) -> None:
    """Train the autoencoder's decoder further, for sharper pictures; the U-Net stays valid."""
    effort = Effort(
        samples=samples,
        batch=batch,
        minutes=minutes,
        processes=processes or (2 if device == "cpu" else 1),
        threads=threads,
        device=device,
        seed=seed,
    )
    _train(effort, vae.polish, folder)


@app.command(name="clip")
def train_clip(
    folder: Folder = FOLDER,
    seed: Seed = 1,
    samples: Samples = 160_000,
    batch: Batch = 256,
    minutes: Minutes = None,
    processes: Processes = None,
    threads: Threads = 1,
    device: Device = "cpu",
) -> None:
    """Train the image tower, for image–text similarity."""
    effort = Effort(
        samples=samples,
        batch=batch,
        minutes=minutes,
        processes=processes or (2 if device == "cpu" else 1),
        threads=threads,
        device=device,
        seed=seed,
    )
    _train(effort, clip.train, folder)


@app.command(name="package")
def write_package(
    folder: Folder = FOLDER,
    target: Annotated[Path, typer.Option(help="Replaced as a whole.")] = POCKET_FOLDER,
) -> None:
    """Write the weights as they ship."""
    largest = package.LARGEST_WITH_CLIP if target == POCKET_FOLDER else None
    for name, size in package.package(folder, target, largest=largest).items():
        typer.echo(f"{size:>12,} bytes  {name}", err=True)


@app.command(name="evaluate")
def evaluate_model(
    weights: Annotated[Path, typer.Option(help="A packaged model.")] = POCKET_FOLDER,
    each: Annotated[int, typer.Option(min=4, help="Questions of each kind.")] = 64,
    seed: Seed = 1,
    threads: Threads = 2,
    grids: Annotated[Path | None, typer.Option(help="A folder for sheets of all answers.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Figures as JSON on standard output.")] = False,
) -> None:
    """Examine a packaged model on prompts whose combinations it was never trained on."""
    torch.set_num_threads(threads)
    report = exam.sit(weights, each, seed=seed, grids=grids)
    typer.echo(json.dumps(report.as_json(), indent=2) if as_json else report.as_table())
    if report.missed:
        raise typer.Exit(1)


@app.command(name="explain")
def draw_explanations(
    weights: Annotated[Path, typer.Option(help="A packaged model.")] = POCKET_FOLDER,
    target: Annotated[Path, typer.Option(help="Where the pictures go.")] = Path("docs/images/pocket"),
) -> None:
    """Make the pictures of docs/pocket.md: noising, denoising, autoencoder, guidance, attention."""
    for path in explain.Explainer(weights).draw(target):
        typer.echo(str(path), err=True)


def _train(effort: Effort, work: Callable[..., None], folder: Path) -> None:
    disable_progress_bar()
    together(effort, work, folder)


def main() -> None:
    """Runs one stage; exit code 1 and one line when an earlier stage is missing."""
    try:
        app()
    except FileNotFoundError as missing:
        sys.exit(f"{missing.filename} is not there: run the stage before this one first (see --help).")


if __name__ == "__main__":
    main()
