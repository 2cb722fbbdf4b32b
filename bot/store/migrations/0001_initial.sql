-- Requests, jobs, pictures, the ledger, quotas, settings, the audit trail, and what the engine remembers.
-- Times are whole microseconds since 1970, UTC. Ids of Discord are its snowflakes.

CREATE TABLE requests (
    number INTEGER PRIMARY KEY,
    body   TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

CREATE TABLE jobs (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    id               TEXT    NOT NULL UNIQUE CHECK (length(id) = 12),
    kind             TEXT    NOT NULL CHECK (kind IN ('imagine', 'reroll', 'variation', 'upscale')),
    state            TEXT    NOT NULL CHECK (state IN ('accepted', 'queued', 'running', 'rendered',
                                                       'delivered', 'failed', 'cancelled')),
    attempt          INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    request          INTEGER NOT NULL REFERENCES requests (number),
    parent           TEXT    REFERENCES jobs (id),
    parent_index     INTEGER CHECK (parent_index >= 0),
    interaction_id   INTEGER NOT NULL UNIQUE,
    application_id   INTEGER NOT NULL,
    token            TEXT,
    guild_id         INTEGER NOT NULL,
    channel_id       INTEGER NOT NULL,
    user_id          INTEGER NOT NULL,
    message_id       INTEGER,
    private          INTEGER NOT NULL CHECK (private IN (0, 1)),
    asked_at         INTEGER NOT NULL,
    price            REAL    NOT NULL CHECK (price >= 0),
    compute_seconds  REAL    CHECK (compute_seconds >= 0),
    reason           TEXT,
    notes            TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(notes)),
    discarded        INTEGER NOT NULL DEFAULT 0 CHECK (discarded IN (0, 1)),
    attachment_limit INTEGER NOT NULL CHECK (attachment_limit > 0),
    -- The interaction's token is kept until delivery and not a moment longer.
    CHECK (token IS NULL OR state NOT IN ('delivered', 'failed', 'cancelled'))
) STRICT;
CREATE INDEX jobs_unfinished ON jobs (number) WHERE state IN ('accepted', 'queued', 'running', 'rendered');
CREATE INDEX jobs_by_person ON jobs (guild_id, user_id, number);
CREATE INDEX jobs_by_parent ON jobs (parent, parent_index) WHERE parent IS NOT NULL;

CREATE TABLE images (
    job    TEXT    NOT NULL REFERENCES jobs (id),
    place  INTEGER NOT NULL CHECK (place >= 0),
    seed   INTEGER NOT NULL,
    width  INTEGER NOT NULL CHECK (width > 0),
    height INTEGER NOT NULL CHECK (height > 0),
    digest TEXT    NOT NULL CHECK (length(digest) = 64),
    PRIMARY KEY (job, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX images_by_digest ON images (digest);

-- What is used in a window is the sum of its amounts: reserve +price, settle -(price - cost), refund -price.
-- Every entry of a job carries the time of its reserve, so that settling late frees nothing new.
CREATE TABLE ledger (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    job        TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('reserve', 'settle', 'refund')),
    amount     REAL    NOT NULL,
    guild_id   INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    CHECK (CASE kind WHEN 'reserve' THEN amount >= 0 ELSE amount <= 0 END)
) STRICT;
CREATE UNIQUE INDEX ledger_opened_once ON ledger (job) WHERE kind = 'reserve';
CREATE UNIQUE INDEX ledger_closed_once ON ledger (job) WHERE kind <> 'reserve';
CREATE INDEX ledger_by_person ON ledger (guild_id, user_id, at);

CREATE TRIGGER ledger_never_changes BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_never_forgets BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- "INSERT OR REPLACE" would delete without the trigger above.
CREATE TRIGGER ledger_replaces_nothing BEFORE INSERT ON ledger
WHEN EXISTS (
    SELECT 1 FROM ledger
    WHERE number = NEW.number OR (job = NEW.job AND (kind = 'reserve') = (NEW.kind = 'reserve'))
)
BEGIN SELECT RAISE(ABORT, 'the ledger has that entry already'); END;
CREATE TRIGGER ledger_mints_nothing BEFORE INSERT ON ledger
WHEN NEW.kind <> 'reserve' AND NOT EXISTS (
    SELECT 1 FROM ledger
    WHERE job = NEW.job AND kind = 'reserve' AND guild_id = NEW.guild_id AND user_id = NEW.user_id
      AND at = NEW.at AND amount + NEW.amount >= 0
)
BEGIN SELECT RAISE(ABORT, 'nothing was reserved that this could give back'); END;

CREATE TABLE quota_policies (
    guild_id        INTEGER NOT NULL,
    role_id         INTEGER NOT NULL, -- 0 for everyone
    seconds_per_day REAL    CHECK (seconds_per_day >= 0), -- NULL for no limit
    waiting_jobs    INTEGER CHECK (waiting_jobs >= 0),    -- likewise
    PRIMARY KEY (guild_id, role_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    guild_id INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    value    TEXT    NOT NULL CHECK (json_valid(value)),
    PRIMARY KEY (guild_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    actor    INTEGER NOT NULL,
    act      TEXT    NOT NULL,
    detail   TEXT    NOT NULL CHECK (json_valid(detail))
) STRICT;
CREATE INDEX audit_by_guild ON audit (guild_id, number);
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_never_forgets BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_replaces_nothing BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'the audit trail has that entry already'); END;

CREATE TABLE memory (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;
