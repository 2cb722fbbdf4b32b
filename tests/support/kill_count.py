"""The reckoning: what the database says happened to each job against what people saw on Discord."""

import sqlite3
from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kill_watch import Watch

LEAST_DELIVERED: Final = 0.95
"""Of the accepted jobs; refusing or refunding everything is no pass."""
DUST: Final = 1e-6
"""Compute-seconds that adding floating-point numbers may lose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How it came out.

    Attributes:
        accepted: jobs that were accepted, by the database or by what somebody saw.
        delivered: of these, shown to people exactly once.
        refunded: of these, given back; in full, or, where the person cancelled, what was not computed.
        lost: neither of both, or without the picture files that the database names.
        doubled: shown in two messages, or shown and refunded.
        mischarged: whose ledger entries do not add up to what they should cost.
        faults: in words, a line each; also what is none of the three, such as a damaged database.
    """

    accepted: int
    delivered: int
    refunded: int
    lost: Set[str]
    doubled: Set[str]
    mischarged: Set[str]
    faults: tuple[str, ...]

    @property
    def good(self) -> bool:
        return not self.faults and self.delivered >= LEAST_DELIVERED * self.accepted

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            accepted=self.accepted + other.accepted,
            delivered=self.delivered + other.delivered,
            refunded=self.refunded + other.refunded,
            lost=self.lost | other.lost,
            doubled=self.doubled | other.doubled,
            mischarged=self.mischarged | other.mischarged,
            faults=self.faults + other.faults,
        )

    def line(self, *, kills: int, asked: int) -> str:
        """The last line of a soak; `asked`: how often people asked for pictures that were not made yet."""
        return (
            f"kills={kills} accepted={self.accepted} delivered={self.delivered} "
            f"refused={max(asked - self.accepted, 0)} refunded={self.refunded} lost={len(self.lost)} "
            f"doubled={len(self.doubled)} mischarged={len(self.mischarged)}"
        )


def reckon(folder: Path, watch: Watch) -> Tally:
    """Count.

    Args:
        folder: the bot's storage folder; the bot has left, and every job is over.
        watch: what people saw.
    """
    connection = sqlite3.connect(folder / "easel.db")
    connection.row_factory = sqlite3.Row
    try:
        return _reckoned(connection, folder / "images", watch)
    finally:
        connection.close()


def _reckoned(database: sqlite3.Connection, images: Path, watch: Watch) -> Tally:
    cards, shown = watch.cards, watch.shown
    jobs = {row["id"]: row for row in database.execute("SELECT * FROM jobs")}
    entries: dict[str, list[sqlite3.Row]] = defaultdict(list)
    for row in database.execute("SELECT * FROM ledger WHERE job IS NOT NULL ORDER BY number"):
        entries[row["job"]].append(row)
    faults = [f"integrity_check: {said}" for (said,) in database.execute("PRAGMA integrity_check")]
    faults = [fault for fault in faults if fault != "integrity_check: ok"]

    seen = {job for job, messages in shown.items() if messages}
    lost = dict.fromkeys((cards.keys() | seen) - jobs.keys(), "people saw it, the database does not know it")
    for name, job in jobs.items():
        state = job["state"]
        if state not in ("delivered", "failed", "cancelled"):
            lost[name] = f"still {state} at the end"
        elif state == "delivered" and name not in seen:
            lost[name] = "delivered, but nobody saw it"
    file_faults = _lost_files(database, images)
    lost |= file_faults
    doubled = {job: f"in {len(messages)} messages" for job, messages in cards.items() if len(messages) > 1}
    doubled |= {
        name: f"{jobs[name]['state']} and yet shown"
        for name in seen & jobs.keys()
        if jobs[name]["state"] in ("failed", "cancelled")
    }
    mischarged = dict.fromkeys(entries.keys() - jobs.keys(), "charged without a job")
    for name, job in jobs.items():
        if (wrong := _wrong_charge(job, entries[name])) is not None:
            mischarged[name] = wrong
    faults += _orphans(database, images)
    faults += [f"the message of job {name} still offers to cancel it" for name in sorted(watch.going_on)]
    for kind, found in (("lost", lost), ("doubled", doubled), ("mischarged", mischarged)):
        faults += [f"{kind}: job {name}: {why}" for name, why in sorted(found.items())]
    return Tally(
        accepted=len(jobs.keys() | cards.keys() | seen),
        delivered=sum(
            job["state"] == "delivered" and len(shown.get(name, ())) == 1 for name, job in jobs.items()
        ),
        refunded=sum(job["state"] in ("failed", "cancelled") for job in jobs.values()),
        lost=lost.keys(),
        doubled=doubled.keys(),
        mischarged=mischarged.keys(),
        faults=tuple(faults),
    )


def _wrong_charge(job: sqlite3.Row, entries: list[sqlite3.Row]) -> str | None:
    """What is wrong with a job's entries in the ledger: one reserve, and one end that fits how it ended."""
    opened = [entry["amount"] for entry in entries if entry["kind"] == "reserve"]
    closed = [(entry["kind"], entry["amount"]) for entry in entries if entry["kind"] != "reserve"]
    price = job["price"]
    if opened != [price]:
        return f"reserved {opened}, priced {price}"
    computed = min(job["compute_seconds"] or 0.0, price)
    due = {"delivered": ("settle", computed), "cancelled": ("settle", computed), "failed": ("refund", 0.0)}
    if job["state"] not in due:
        return None if not closed else f"{closed} while {job['state']}"
    kind, cost = due[job["state"]]
    if len(closed) != 1 or closed[0][0] != kind or abs(price + closed[0][1] - cost) > DUST:
        return f"{job['state']}, reserved {price}, then {closed}, but should have cost {cost}"
    return None


def _lost_files(database: sqlite3.Connection, images: Path) -> dict[str, str]:
    """Delivered jobs without their pictures."""
    lost = {}
    for row in database.execute(
        "SELECT id, digest FROM jobs LEFT JOIN images ON images.job = jobs.id "
        "WHERE state = 'delivered' AND NOT discarded"
    ):
        if row["digest"] is None:
            lost[row["id"]] = "delivered without a picture in the database"
        elif not _file(images, row["digest"]).is_file():
            lost[row["id"]] = f"the file of picture {row['digest'][:12]} is gone"
    return lost


def _orphans(database: sqlite3.Connection, images: Path) -> list[str]:
    """Files that no picture needs."""
    needed = {_file(images, digest) for (digest,) in database.execute("SELECT DISTINCT digest FROM images")}
    return [f"no picture needs the file {path.name}" for path in images.glob("*/*") if path not in needed]


def _file(images: Path, digest: str) -> Path:
    return images / digest[:2] / f"{digest}.png"
