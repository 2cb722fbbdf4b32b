"""What `easel backup` and `easel restore` refuse, each in one clear line."""

from collections.abc import Sequence
from pathlib import Path


class BackupRefused(Exception):  # noqa: N818 — these are refusals, named for what they say
    """`path` cannot serve, for `detail`; `by_request`: what was asked for is at fault. Nothing changed."""

    def __init__(self, path: Path, detail: str, *, by_request: bool = True) -> None:
        super().__init__(path, detail)
        self.path = path
        self.detail = detail
        self.by_request = by_request

    def __str__(self) -> str:
        return f"{self.path} {self.detail}"


class BackupDamaged(Exception):  # noqa: N818
    """The backup at `path` cannot be put back, for its `faults`. Nothing changed."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        super().__init__(path, faults)
        self.path = path
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return f"{self.path} cannot be restored: {'; '.join(self.faults)}"
