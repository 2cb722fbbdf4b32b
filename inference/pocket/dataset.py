"""The pictures and captions learnt from: drawn once, kept on disk, always the same for one seed."""

import hashlib
import json
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from inference.pocket.captions import caption
from inference.pocket.draw.picture import SIDE, picture
from inference.pocket.spec import Portrait, Shapes, Spec, sample

Split = Literal["train", "wide", "tall", "test"]

CAPTIONS: Final = 6
"""So many wordings are kept with each picture."""
SIZES: Final[dict[Split, tuple[int, int]]] = {
    "train": (SIDE, SIDE),
    "wide": (160, 96),
    "tall": (96, 160),
    "test": (SIDE, SIDE),
}
"""Width and height in pixels. A few pictures of other shapes keep `--ar 3:2` from repeating itself."""
_CHUNK: Final = 500
_COMPARED: Final = 64
"""So many pictures are drawn again to see whether the ones on disk are of this seed and these drawings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One split on disk.

    Attributes:
        pictures: uint8, (count, height, width, 3), mapped from the file.
        kinds: int8, (count,); 0 shapes, 1 a portrait, 2 a scene.
    """

    pictures: NDArray[np.uint8]
    kinds: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.kinds)

    @classmethod
    def load(cls, folder: Path, split: Split) -> "Dataset":
        """What `draw` has made.

        Raises:
            FileNotFoundError: it was not drawn yet.
        """
        pictures = np.load(folder / f"{split}-pictures.npy", mmap_mode="r")
        kinds = np.load(folder / f"{split}-kinds.npy")
        return cls(pictures=pictures, kinds=kinds)

    def digest(self) -> str:
        """Tells this set from another: of its size and its first pictures."""
        return hashlib.sha256(f"{len(self)}".encode() + self.pictures[:_COMPARED].tobytes()).hexdigest()


def captions(folder: Path, split: Split) -> list[list[str]]:
    """`CAPTIONS` wordings of each picture of a split.

    Raises:
        FileNotFoundError: it was not drawn yet.
    """
    worded: list[list[str]] = json.loads((folder / f"{split}-captions.json").read_text())
    return worded


def spec_of(seed: int, split: Split, index: int) -> tuple[Spec, random.Random]:
    """What picture `index` of a split shows, and the random numbers it is drawn with."""
    rng = random.Random(f"{seed}/{split}/{index}")
    return sample(rng, held_out=split == "test"), rng


def draw(folder: Path, split: Split, count: int, *, seed: int, processes: int) -> Iterator[int]:
    """Draws a split into `folder`; yields how many pictures are done.

    A finished split is left as it is, unless its first pictures would look otherwise today.
    """
    width, height = SIZES[split]
    # Written last: its presence says that all pictures are there.
    done = folder / f"{split}-kinds.npy"
    if done.exists() and _as_today(folder, split, count, seed):
        yield count
        return
    folder.mkdir(parents=True, exist_ok=True)
    done.unlink(missing_ok=True)
    sheet = np.lib.format.open_memmap(
        folder / f"{split}-pictures.npy", mode="w+", dtype=np.uint8, shape=(count, height, width, 3)
    )
    kinds: list[int] = []
    starts = range(0, count, _CHUNK)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        jobs = ((seed, split, start, min(start + _CHUNK, count)) for start in starts)
        for start, (pictures, what) in zip(starts, pool.map(_chunk, jobs), strict=True):
            sheet[start : start + len(what)] = pictures
            kinds += what
            yield len(kinds)
    sheet.flush()
    np.save(done, np.array(kinds, np.int8))


def _as_today(folder: Path, split: Split, count: int, seed: int) -> bool:
    drawn = Dataset.load(folder, split)
    some = min(count, _COMPARED)
    if len(drawn) != count:
        return False
    pictures, kinds = _chunk((seed, split, 0, some))
    return np.array_equal(drawn.pictures[:some], pictures) and drawn.kinds[:some].tolist() == kinds


def _chunk(job: tuple[int, Split, int, int]) -> tuple[NDArray[np.uint8], list[int]]:
    seed, split, start, end = job
    width, height = SIZES[split]
    pictures, kinds = np.empty((end - start, height, width, 3), np.uint8), []
    for index in range(start, end):
        spec, rng = spec_of(seed, split, index)
        pictures[index - start] = np.asarray(picture(spec, rng, width=width, height=height))
        kinds.append(0 if isinstance(spec, Shapes) else 1 if isinstance(spec, Portrait) else 2)
    return pictures, kinds


def word(folder: Path, split: Split, count: int, *, seed: int) -> None:
    """Words the captions of a split."""
    worded = []
    for index in range(count):
        spec, _ = spec_of(seed, split, index)
        # Numbers of their own: another wording must not change the pictures.
        rng = random.Random(f"{seed}/{split}/{index}/words")
        worded.append([caption(spec, rng) for _ in range(CAPTIONS)])
    (folder / f"{split}-captions.json").write_text(json.dumps(worded))
