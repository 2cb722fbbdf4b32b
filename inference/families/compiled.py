"""A U-Net compiled for a few numbers of rows; a forward of other numbers is filled up to the next."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import torch

ROWS: Final = (1, 2, 4, 6, 8, 12, 16, 24, 32)
"""What is compiled: one to sixteen pictures with guidance, and the odd row without. Each takes about a
minute, once: the compiler keeps what it made on disk."""

Inputs = dict[str, Any]
Compiler = Callable[[torch.nn.Module], Callable[..., Any]]


def default_compiler(unet: torch.nn.Module) -> Callable[..., Any]:
    """`torch.compile` for fixed shapes, with room for every one of `ROWS`."""
    torch._dynamo.config.recompile_limit = max(torch._dynamo.config.recompile_limit, 4 * len(ROWS))  # noqa: SLF001
    compiled: Callable[..., Any] = torch.compile(unet, dynamic=False)
    return compiled


class CompiledUNet:
    """A U-Net for pictures of one size and texts of one chunk; whatever else comes is not its business.

    Args:
        unet: on its device.
        compiler: makes it fast.
    """

    def __init__(self, unet: torch.nn.Module, compiler: Compiler = default_compiler) -> None:
        self._call = compiler(unet)
        self._shapes: set[tuple[tuple[int, ...], ...]] = set()

    def warm_up(self, inputs: Inputs, *, most: int) -> Iterator[int]:
        """Compiles for every number of rows up to `most`; yields each when it is there.

        Args:
            inputs: of one row, as the U-Net takes them.
            most: rows that a forward will have.
        """
        self._shapes.add(_shapes(inputs))
        for rows in ROWS:
            self._call(**_filled(inputs, rows), return_dict=False)
            yield rows
            if rows >= most:
                return

    def suits(self, inputs: Inputs) -> bool:
        """Whether it was compiled for what is in these rows."""
        return len(inputs["sample"]) <= ROWS[-1] and _shapes(inputs) in self._shapes

    def __call__(self, inputs: Inputs) -> torch.Tensor:
        """What the U-Net says of each row. What fills it up repeats the last row and is thrown away."""
        rows = len(inputs["sample"])
        wanted = next(number for number in ROWS if number >= rows)
        said: torch.Tensor = self._call(**_filled(inputs, wanted), return_dict=False)[0]
        return said[:rows]


def _shapes(inputs: Inputs) -> tuple[tuple[int, ...], ...]:
    """Of one row of everything, what is missing left out."""
    return tuple(tuple(tensor.shape[1:]) for tensor in _tensors(inputs))


def _tensors(inputs: Inputs) -> Iterator[torch.Tensor]:
    for value in inputs.values():
        if isinstance(value, dict):
            yield from _tensors(value)
        elif value is not None:
            yield value


def _filled(inputs: Inputs, rows: int) -> Inputs:
    filled: Inputs = {}
    for name, value in inputs.items():
        if value is None:
            continue
        if isinstance(value, dict):
            filled[name] = _filled(value, rows)
            continue
        missing = rows - len(value)
        filled[name] = torch.cat((value, value[-1:].expand(missing, *value.shape[1:]))) if missing else value
    return filled
