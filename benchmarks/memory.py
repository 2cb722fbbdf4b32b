"""The most memory that a process has had."""

import os
import re
from pathlib import Path

import torch

_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB$", re.MULTILINE)


def of_us(device: str) -> float | None:
    """MiB that this process has had at most: of the GPU's memory, or on a CPU of the machine's."""
    if torch.device(device).type == "cuda":
        return torch.cuda.max_memory_reserved(device) / 2**20
    return of_process(os.getpid(), device)


def of_process(pid: int | None, device: str) -> float | None:
    """The same of another process that computes on that device; None where it cannot be told.

    On a GPU it is what is taken of the device beyond this process's part, so nobody else may be on it. What
    torch has reserved it keeps: the most is seen afterwards too.
    """
    if torch.device(device).type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return (total - free - torch.cuda.memory_reserved(device)) / 2**20
    status = Path(f"/proc/{pid}/status")
    found = _PEAK.search(status.read_text()) if status.is_file() else None
    return int(found[1]) / 2**10 if found else None
