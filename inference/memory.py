"""What to do when memory runs out: tell it from other failures, free what is free, try with less."""

import gc
from dataclasses import dataclass
from typing import Final

import torch

_SAID: Final = ("DefaultCPUAllocator", "ALLOC_FAILED", "out of memory")
"""How a CPU, the libraries of a GPU (CUBLAS_STATUS_ALLOC_FAILED …) and its driver say it, each in its way."""
_NO_PRIMITIVE: Final = "could not create a primitive"
"""How oneDNN says that it got no memory for its code. It never computes again in that process, also once
there is memory. (It says “… primitive descriptor” of what it cannot do at all, which is another matter.)"""
_CONTEXT_LOST: Final = (
    "device-side assert",
    "illegal memory access",
    "illegal instruction",
    "misaligned address",
    "unspecified launch failure",
    "uncorrectable ECC error",
)
"""How CUDA says that the process's context is of no use any more."""
FINE: Final = 64
"""So many tries that went well are followed by one with twice as much."""


def ran_out(error: Exception) -> bool:
    """Whether an exception says that the device's memory, or the machine's, did not suffice."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _SAID)


def beyond_repair(error: Exception) -> bool:
    """Whether this process can compute nothing any more, whatever is freed: only a new one can."""
    if not isinstance(error, RuntimeError):
        return False
    said = str(error).splitlines()[0] if str(error) else ""
    return said.endswith(_NO_PRIMITIVE) or ("CUDA" in said and any(each in said for each in _CONTEXT_LOST))


def release(device: torch.device) -> None:
    """Frees what nobody holds any more. Not within an `except` block: a traceback holds tensors."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()


@dataclass(slots=True)
class Room:
    """How much is tried at once, as far as is known.

    Attributes:
        most: as much as fits; None where everything did so far.
    """

    most: int | None = None
    _fine: int = 0
    _alone: bool = False

    def of(self, wanted: int) -> int:
        """How much of what is wanted to try."""
        return wanted if self.most is None else min(wanted, self.most)

    def was_enough(self) -> None:
        """A try went well."""
        self._alone = False
        self._fine += 1
        if self.most is not None and self._fine >= FINE:
            self.most, self._fine = 2 * self.most, 0

    def was_short(self, tried: int) -> bool:
        """So much was too much; whether to try again with `of`: with half, or once more with a single one."""
        self._fine = 0
        if tried > 1:
            self.most = (tried + 1) // 2
            return True
        self.most, again = 1, not self._alone
        self._alone = again
        return again
