"""What must outlive the process: jobs, pictures, the ledger, quotas, audit. SQLite and a folder of files."""

from bot.store.books import Books, wish
from bot.store.errors import (
    AlreadyAccepted,
    Banned,
    ChannelClosed,
    DatabaseDamaged,
    DatabaseUnusable,
    DiskFull,
    PictureLost,
    PoolEmpty,
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
from bot.store.house_rules import Actor, AuditEntry, AuditFilter, Ban
from bot.store.job_life import Accepted
from bot.store.ledger import Gift
from bot.store.records import Asker, Hold, JobKind, JobRecord, JobState, NewJob, Picture, new_job_id
from bot.store.store import Store

__all__ = [
    "Accepted",
    "Actor",
    "AlreadyAccepted",
    "Asker",
    "AuditEntry",
    "AuditFilter",
    "Ban",
    "Banned",
    "Books",
    "ChannelClosed",
    "DatabaseDamaged",
    "DatabaseUnusable",
    "DiskFull",
    "Figures",
    "Gift",
    "Hold",
    "JobKind",
    "JobRecord",
    "JobState",
    "NewJob",
    "Picture",
    "PictureLost",
    "PoolEmpty",
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
    "wish",
]
