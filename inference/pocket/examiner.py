"""Reads scenes and subjects with the image tower: what drawn originals taught it to tell apart."""

import random
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d
from transformers import CLIPModel, CLIPProcessor

from inference.pocket.draw.picture import picture
from inference.pocket.spec import SUBJECTS, Portrait, Scene, Subject, sample

_ORIGINALS: Final = 2_400
_LINE_UP: Final = 4
"""Originals of each subject that a picture is held against."""
_BATCH: Final = 64
_RIDGE: Final = 1e-2


class Examiner:
    """Scenes are read by linear probes on what the tower sees, fitted to freshly drawn originals.

    How well a linear map reads an attribute from features is the usual measure of what they hold (Alain &
    Bengio 2016, https://arxiv.org/abs/1610.01644; Radford et al. 2021, section 3.2). Subjects are told apart
    by holding a picture against originals of all of them, in the colours that were asked for.
    """

    def __init__(self, clip: CLIPModel, processor: CLIPProcessor, *, seed: int) -> None:
        """Draws the originals and fits the probes; takes some twenty seconds on two cores."""
        self._clip, self._processor = clip, processor
        self._rng = random.Random(f"examiner/{seed}")
        drawn = (sample(self._rng) for _ in range(_ORIGINALS * 6))
        specs = [spec for spec in drawn if isinstance(spec, Scene) and spec.style is None][:_ORIGINALS]
        features = self._regions([picture(spec, self._rng) for spec in specs])
        self._probes = {
            attribute: _Probe([(spec, row) for spec, row in zip(specs, features, strict=True)], attribute)
            for attribute in ("place", "time", "weather")
        }

    def read(self, attribute: str, pictures: Sequence[Image.Image]) -> list[str]:
        """The "place", "time" or "weather" of each picture, as far as the tower can tell."""
        return self._probes[attribute].read(self._regions(pictures))

    def subject(self, asked: Portrait, answer: Image.Image) -> Subject:
        """Whose originals, in the asked colour on the asked background, the answer is nearest to."""
        specs = [
            Portrait(subject=subject, colour=asked.colour, background=asked.background)
            for subject in SUBJECTS
            for _ in range(_LINE_UP)
        ]
        seen = self._whole([*(picture(spec, self._rng) for spec in specs), answer])
        line_up = seen[:-1].reshape(len(SUBJECTS), _LINE_UP, -1).mean(axis=1)
        return SUBJECTS[int(np.linalg.norm(line_up - seen[-1], axis=1).argmin())]

    @torch.inference_mode()
    def similarity(self, pictures: Sequence[Image.Image], captions: Sequence[str]) -> NDArray[np.float64]:
        """Cosine of the angle between each picture and its own caption, in [-1, 1]."""
        inputs = self._processor(
            images=list(pictures), text=list(captions), return_tensors="pt", padding=True, truncation=True
        )
        output = self._clip(**inputs)
        cosines: Tensor = (output.image_embeds * output.text_embeds).sum(dim=-1)
        return cosines.double().numpy()

    def _whole(self, pictures: Sequence[Image.Image]) -> NDArray[np.float64]:
        """What the tower makes of each whole picture: (count, hidden size), before its projection."""
        return self._seen(pictures)[0]

    def _regions(self, pictures: Sequence[Image.Image]) -> NDArray[np.float64]:
        """The same and, beside it, what it sees in each quarter: (count, 5 · hidden size)."""
        return np.hstack(self._seen(pictures))

    @torch.inference_mode()
    def _seen(self, pictures: Sequence[Image.Image]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        whole: list[Tensor] = []
        quarters: list[Tensor] = []
        for start in range(0, len(pictures), _BATCH):
            inputs = self._processor(images=list(pictures[start : start + _BATCH]), return_tensors="pt")
            output = self._clip.vision_model(pixel_values=inputs["pixel_values"])
            patches = output.last_hidden_state[:, 1:]
            side = round(patches.shape[1] ** 0.5)
            whole.append(output.pooler_output)
            quarters.append(adaptive_avg_pool2d(patches.mT.unflatten(2, (side, side)), 2).flatten(1))
        return torch.cat(whole).double().numpy(), torch.cat(quarters).double().numpy()


class _Probe:
    """Ridge regression from features to which value an attribute has."""

    def __init__(self, originals: Sequence[tuple[Scene, NDArray[np.float64]]], attribute: str) -> None:
        known = [(getattr(spec, attribute), row) for spec, row in originals]
        self._values = sorted({value for value, _ in known})
        rows = np.stack([row for _, row in known])
        self._mean, self._spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
        wanted = np.array([[float(value == other) for other in self._values] for value, _ in known])
        inputs = self._scaled(rows)
        square = inputs.T @ inputs + _RIDGE * len(rows) * np.eye(inputs.shape[1])
        self._weights = np.linalg.solve(square, inputs.T @ wanted)

    def read(self, rows: NDArray[np.float64]) -> list[str]:
        return [self._values[number] for number in (self._scaled(rows) @ self._weights).argmax(axis=1)]

    def _scaled(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.hstack(((rows - self._mean) / self._spread, np.ones((len(rows), 1))))
