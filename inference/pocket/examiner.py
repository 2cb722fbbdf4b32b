"""Reads scenes and subjects with the image tower: what drawn originals taught it to tell apart."""

import random
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from transformers import CLIPModel, CLIPProcessor

from inference.pocket.draw.picture import picture
from inference.pocket.spec import Portrait, Scene, Spec, sample

_ORIGINALS: Final = 2_400
_BATCH: Final = 64
_RIDGE: Final = 1e-2


class Examiner:
    """Linear probes on the tower's features, fitted to freshly drawn originals.

    How well a linear map reads an attribute from features is the usual measure of what they hold (Alain &
    Bengio 2016, https://arxiv.org/abs/1610.01644; Radford et al. 2021, section 3.2).
    """

    def __init__(self, clip: CLIPModel, processor: CLIPProcessor, *, seed: int) -> None:
        """Draws the originals and fits the probes; takes some twenty seconds on two cores."""
        self._clip, self._processor = clip, processor
        rng = random.Random(f"examiner/{seed}")
        drawn = (sample(rng) for _ in range(_ORIGINALS * 3))
        specs = [spec for spec in drawn if _readable(spec)][:_ORIGINALS]
        features = self.features([picture(spec, rng) for spec in specs])
        self._probes = {
            attribute: _Probe([(spec, row) for spec, row in zip(specs, features, strict=True)], attribute)
            for attribute in ("place", "time", "weather", "subject")
        }

    @torch.inference_mode()
    def features(self, pictures: Sequence[Image.Image]) -> NDArray[np.float64]:
        """What the tower sees: (count, hidden size), before its projection to the captions' space."""
        rows: list[Tensor] = []
        for start in range(0, len(pictures), _BATCH):
            inputs = self._processor(images=list(pictures[start : start + _BATCH]), return_tensors="pt")
            rows.append(self._clip.vision_model(pixel_values=inputs["pixel_values"]).pooler_output)
        return torch.cat(rows).double().numpy()

    def read(self, attribute: str, pictures: Sequence[Image.Image]) -> list[str]:
        """The "place", "time", "weather" or "subject" of each picture, as far as the tower can tell."""
        return self._probes[attribute].read(self.features(pictures))

    @torch.inference_mode()
    def similarity(self, pictures: Sequence[Image.Image], captions: Sequence[str]) -> NDArray[np.float64]:
        """Cosine of the angle between each picture and its own caption, in [-1, 1]."""
        inputs = self._processor(
            images=list(pictures), text=list(captions), return_tensors="pt", padding=True, truncation=True
        )
        output = self._clip(**inputs)
        cosines: Tensor = (output.image_embeds * output.text_embeds).sum(dim=-1)
        return cosines.double().numpy()


class _Probe:
    """Ridge regression from features to which value an attribute has."""

    def __init__(self, originals: Sequence[tuple[Spec, NDArray[np.float64]]], attribute: str) -> None:
        valued = [(getattr(spec, attribute, None), row) for spec, row in originals]
        known = [(value, row) for value, row in valued if value is not None]
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


def _readable(spec: Spec) -> bool:
    return isinstance(spec, Portrait | Scene) and spec.style is None
