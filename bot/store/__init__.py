"""What must outlive the process: jobs, pictures, the ledger, quotas, audit. SQLite and a folder of files."""

from bot.store.errors import (
    AlreadyAccepted,
    DatabaseDamaged,
    DatabaseUnusable,
    DiskFull,
    PictureLost,
    QuotaRefused,
    RestoreCutShort,
    SchemaTooNew,
    StaleAttempt,
    StoreError,
    StoreInUse,
    UnknownJobId,
    UnreadableRequest,
    WrongState,
)
from bot.store.figures import Figures
from bot.store.house_rules import AuditEntry
from bot.store.records import JobKind, JobRecord, JobState, NewJob, Picture, new_job_id
from bot.store.store import Store

__all__ = [
    "AlreadyAccepted",
    "AuditEntry",
    "DatabaseDamaged",
    "DatabaseUnusable",
    "DiskFull",
    "Figures",
    "JobKind",
    "JobRecord",
    "JobState",
    "NewJob",
    "Picture",
    "PictureLost",
    "QuotaRefused",
    "RestoreCutShort",
    "SchemaTooNew",
    "StaleAttempt",
    "Store",
    "StoreError",
    "StoreInUse",
    "UnknownJobId",
    "UnreadableRequest",
    "WrongState",
    "new_job_id",
]
