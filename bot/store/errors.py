"""What the store refuses, as values that carry data.

    StoreError
    ├── QuotaRefused        a policy says no; nothing was written
    ├── Banned              a moderator has shut whoever asks out; nothing was written
    ├── ChannelClosed       pictures may not be asked for in that channel; nothing was written
    ├── PoolEmpty           the server's pool has not so much to lend; nothing was written
    ├── AlreadyAccepted     this interaction has its job already
    ├── UnknownJobId        there is no job with that id
    ├── WrongState          the job is not in a state from which that can happen
    ├── UnreadableRequest   what a job asked for cannot be understood any more
    ├── StaleAttempt        another attempt has taken the job over
    ├── PictureLost         a picture's file is gone or is not what was stored
    ├── StoreInUse          another process has the folder open
    ├── RestoreCutShort     a restore has begun and not ended
    ├── SchemaTooNew        a newer Easel wrote the database
    ├── DatabaseDamaged     the database cannot be read, or is not Easel's
    ├── DatabaseUnusable    the database is whole as far as one knows, but cannot be used now
    └── DiskFull            nothing was written: there is no room

`str()` of each is one clear line.
"""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from bot.quota import Refused
from bot.store.layout import how_to_restore

if TYPE_CHECKING:
    from bot.store.house_rules import Ban
    from bot.store.records import JobRecord, JobState


class StoreError(Exception):
    """The root of everything the store raises on purpose."""


class QuotaRefused(StoreError):  # noqa: N818 — this and the following are named for what they say
    """A policy says no; `decision` tells why. Nothing was written."""

    def __init__(self, decision: Refused) -> None:
        super().__init__(decision)
        self.decision = decision

    def __str__(self) -> str:
        return f"refused by the {self.decision.why} limit of {self.decision.by.kind}"


class Banned(StoreError):  # noqa: N818
    """A moderator has shut whoever asks out; `ban` tells until when and why. Nothing was written."""

    def __init__(self, ban: "Ban") -> None:
        super().__init__(ban)
        self.ban = ban

    def __str__(self) -> str:
        return f"shut out by {self.ban.by}"


class ChannelClosed(StoreError):  # noqa: N818
    """Pictures may be asked for in `channels` only. Nothing was written."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__(channels)
        self.channels = channels

    def __str__(self) -> str:
        return f"only in {len(self.channels)} channels"


class PoolEmpty(StoreError):  # noqa: N818
    """The server's pool has `left` compute-seconds to lend of `size`. Nothing was written."""

    def __init__(self, left: float, size: float) -> None:
        super().__init__(left, size)
        self.left = left
        self.size = size

    def __str__(self) -> str:
        return f"{self.left:g} of {self.size:g} compute-seconds are left to lend"


class AlreadyAccepted(StoreError):  # noqa: N818
    """The interaction came before; `job` is what came of it."""

    def __init__(self, job: "JobRecord") -> None:
        super().__init__(job)
        self.job = job

    def __str__(self) -> str:
        return f"interaction {self.job.interaction_id} is job {self.job.id} already"


class UnknownJobId(StoreError):  # noqa: N818
    """There is no job `job_id`."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id

    def __str__(self) -> str:
        return f"there is no job {self.job_id}"


class WrongState(StoreError):  # noqa: N818
    """Job `job_id` is in `state`, from which `wanted` cannot follow. Nothing was written."""

    def __init__(self, job_id: str, state: "JobState", wanted: str) -> None:
        super().__init__(job_id, state, wanted)
        self.job_id = job_id
        self.state = state
        self.wanted = wanted

    def __str__(self) -> str:
        return f"job {self.job_id} is {self.state} and cannot become {self.wanted}"


class UnreadableRequest(StoreError):  # noqa: N818
    """The stored request of job `job_id` is damaged, or asks for what this version cannot do."""

    def __init__(self, job_id: str, detail: str) -> None:
        super().__init__(job_id, detail)
        self.job_id = job_id
        self.detail = detail

    def __str__(self) -> str:
        return f"what job {self.job_id} asked for cannot be read: {self.detail}"


class StaleAttempt(StoreError):  # noqa: N818
    """Attempt `attempt` of job `job_id` was overtaken by attempt `current`. Nothing was written."""

    def __init__(self, job_id: str, attempt: int, current: int) -> None:
        super().__init__(job_id, attempt, current)
        self.job_id = job_id
        self.attempt = attempt
        self.current = current

    def __str__(self) -> str:
        return f"attempt {self.attempt} of job {self.job_id} was overtaken by attempt {self.current}"


class PictureLost(StoreError):  # noqa: N818
    """The picture at `path` is gone or damaged."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(path, detail)
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return f"the picture {self.path} {self.detail}; restore the images folder from a backup"


class StoreInUse(StoreError):  # noqa: N818
    """Another process has `folder` open."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return f"another Easel is using {self.folder}; stop it first, or give this one its own storage.folder"


class RestoreCutShort(StoreError):  # noqa: N818
    """A restore of `backup` to `folder` has begun and not ended: what is there is neither old nor new."""

    def __init__(self, folder: Path, backup: Path) -> None:
        super().__init__(folder, backup)
        self.folder = folder
        self.backup = backup

    def __str__(self) -> str:
        again = f"easel restore {shlex.quote(str(self.backup))}"
        return f"a restore to {self.folder} was cut short; run `{again}` again, it goes on"


class SchemaTooNew(StoreError):  # noqa: N818
    """The database at `path` has schema `found`; this Easel knows up to `known`."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(path, found, known)
        self.path = path
        self.found = found
        self.known = known

    def __str__(self) -> str:
        return (
            f"{self.path} was written by a newer Easel (schema {self.found}, this one knows {self.known}); "
            f"update Easel, or {how_to_restore(self.path.parent, self.known)}"
        )


class DatabaseDamaged(StoreError):  # noqa: N818
    """The database at `path` cannot be read, or is not Easel's."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(path, detail)
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return (
            f"{self.path} is damaged ({self.detail}); {how_to_restore(self.path.parent)}, or to start empty "
            f"move it away together with {self.path.name}-wal and {self.path.name}-shm where they exist"
        )


class DatabaseUnusable(StoreError):  # noqa: N818
    """The database at `path` cannot be opened or written now."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(path, detail)
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.path} cannot be used: {self.detail}; see that its folder is writable and not in use"


class DiskFull(StoreError):  # noqa: N818
    """There is no room for `path`. Nothing was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"the disk is full: {self.path} could not be written"
