"""What a stage needs to go on where it stopped."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn

from inference.pocket.crew import Average


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far a stage has come.

    Attributes:
        step: optimizer steps taken.
        samples: pictures learnt from.
    """

    step: int = 0
    samples: int = 0


class Stateful(Protocol):
    """An optimizer, as far as a checkpoint is concerned."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> None: ...


class Checkpoint:
    """A stage's file of weights, average, optimizer and progress."""

    def __init__(
        self, path: Path, models: dict[str, nn.Module], optimizer: Stateful, average: Average
    ) -> None:
        self._path = path
        self._models = models
        self._optimizer = optimizer
        self._average = average

    def load(self) -> Progress:
        """Takes up what was saved; from the beginning when nothing was.

        Raises:
            RuntimeError: the file is of another architecture.
        """
        if not self._path.exists():
            return Progress()
        state: dict[str, Any] = torch.load(self._path, map_location="cpu", weights_only=True)
        for name, model in self._models.items():
            model.load_state_dict(state["models"][name])
        self._optimizer.load_state_dict(state["optimizer"])
        for value, saved in zip(self._average.values, state["average"], strict=True):
            value.copy_(saved)
        return Progress(step=state["step"], samples=state["samples"])

    def save(self, progress: Progress) -> None:
        """Writes all of it in one piece: a sitting killed meanwhile finds the last one whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        state = {
            "models": {name: model.state_dict() for name, model in self._models.items()},
            "optimizer": self._optimizer.state_dict(),
            "average": self._average.values,
            "step": progress.step,
            "samples": progress.samples,
        }
        torch.save(state, part)
        os.replace(part, self._path)  # noqa: PTH105 - atomic on every system
