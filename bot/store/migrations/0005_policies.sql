-- Policies by server, channel, role and member; gifts and loans in the ledger; who is shut out; what is held.

CREATE TABLE policies (
    guild_id INTEGER NOT NULL,
    scope    TEXT    NOT NULL CHECK (scope IN ('everyone', 'role', 'member', 'channel', 'server', 'pool')),
    subject  INTEGER NOT NULL, -- the role's, member's or channel's id, else 0
    body     TEXT    NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (guild_id, scope, subject),
    CHECK ((subject = 0) = (scope IN ('everyone', 'server', 'pool')))
) STRICT, WITHOUT ROWID;
INSERT INTO policies (guild_id, scope, subject, body)
SELECT guild_id, CASE role_id WHEN 0 THEN 'everyone' ELSE 'role' END, role_id,
       json_object('budget', json_object('seconds', coalesce(seconds_per_day, 'unlimited')),
                   'waiting', coalesce(waiting_jobs, 'unlimited'))
FROM quota_policies;
DROP TABLE quota_policies;

-- What a policy needs to know of a job again when it is about to run, and of the past for a preview.
ALTER TABLE jobs ADD COLUMN role_ids  TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(role_ids));
ALTER TABLE jobs ADD COLUMN parent_channel_id INTEGER; -- of a thread
ALTER TABLE jobs ADD COLUMN claimed_at INTEGER; -- when it began to run last
ALTER TABLE jobs ADD COLUMN over_at    INTEGER;
-- A moderator's: who holds it and why, as JSON; and whether it goes before others.
ALTER TABLE jobs ADD COLUMN hold   TEXT CHECK (hold IS NULL OR json_valid(hold));
ALTER TABLE jobs ADD COLUMN bumped INTEGER NOT NULL DEFAULT 0 CHECK (bumped IN (0, 1));
CREATE INDEX jobs_by_time ON jobs (guild_id, asked_at);

-- A job's entries: reserve +price, settle -(price - cost), refund -price; one of each source that pays: the
-- member's own budget (credit NULL), or what they were given by entry number `credit`, a grant or a loan.
-- What is used in a window is the sum of the amounts in it; every entry of a job carries the time of its
-- reserve, so that settling late frees nothing new. A grant's or a loan's amount is what was given until then.
ALTER TABLE ledger RENAME TO ledger_before;
CREATE TABLE ledger (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL CHECK (kind IN ('reserve', 'settle', 'refund', 'grant', 'lend')),
    job        TEXT,
    credit     INTEGER,
    amount     REAL    NOT NULL,
    guild_id   INTEGER NOT NULL,
    channel_id INTEGER,
    parent_channel_id INTEGER,
    user_id    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    until      INTEGER,
    actor      INTEGER,
    why        TEXT,
    CHECK (CASE WHEN kind IN ('grant', 'lend')
           THEN amount > 0 AND job IS NULL AND credit IS NULL AND until > at AND actor IS NOT NULL
           ELSE job IS NOT NULL AND until IS NULL AND CASE kind WHEN 'reserve' THEN amount >= 0 ELSE amount <= 0 END
           END)
) STRICT;
INSERT INTO ledger (number, kind, job, amount, guild_id, channel_id, user_id, at, written_at)
SELECT number, kind, job, amount, guild_id, (SELECT channel_id FROM jobs WHERE jobs.id = job), user_id, at,
       written_at
FROM ledger_before ORDER BY number;
DROP TABLE ledger_before;
CREATE UNIQUE INDEX ledger_opened_once ON ledger (job, coalesce(credit, 0)) WHERE kind = 'reserve';
CREATE UNIQUE INDEX ledger_closed_once ON ledger (job, coalesce(credit, 0)) WHERE kind IN ('settle', 'refund');
CREATE INDEX ledger_by_person ON ledger (guild_id, user_id, at);
CREATE INDEX ledger_by_guild ON ledger (guild_id, at);
CREATE INDEX ledger_by_credit ON ledger (credit) WHERE credit IS NOT NULL;
CREATE INDEX ledger_given ON ledger (guild_id, user_id, until) WHERE until IS NOT NULL;

CREATE TRIGGER ledger_never_changes BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_never_forgets BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- "INSERT OR REPLACE" would delete without the trigger above.
CREATE TRIGGER ledger_replaces_nothing BEFORE INSERT ON ledger
WHEN EXISTS (
    SELECT 1 FROM ledger
    WHERE number = NEW.number
       OR (job = NEW.job AND credit IS NEW.credit AND (kind = 'reserve') = (NEW.kind = 'reserve'))
)
BEGIN SELECT RAISE(ABORT, 'the ledger has that entry already'); END;
CREATE TRIGGER ledger_mints_nothing BEFORE INSERT ON ledger
WHEN NEW.kind IN ('settle', 'refund') AND NOT EXISTS (
    SELECT 1 FROM ledger
    WHERE job = NEW.job AND kind = 'reserve' AND credit IS NEW.credit AND guild_id = NEW.guild_id
      AND user_id = NEW.user_id AND at = NEW.at AND amount + NEW.amount >= 0
)
BEGIN SELECT RAISE(ABORT, 'nothing was reserved that this could give back'); END;
CREATE TRIGGER ledger_overdraws_no_credit BEFORE INSERT ON ledger
WHEN NEW.kind = 'reserve' AND NEW.credit IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM ledger AS given
    WHERE given.number = NEW.credit AND given.kind IN ('grant', 'lend') AND given.guild_id = NEW.guild_id
      AND given.user_id = NEW.user_id AND given.until > NEW.at
      AND given.amount + 1e-6 >= NEW.amount
          + (SELECT coalesce(sum(drawn.amount), 0) FROM ledger AS drawn WHERE drawn.credit = NEW.credit)
)
BEGIN SELECT RAISE(ABORT, 'no credit is left for that'); END;

-- Who may make nothing here, until when (NULL for good), by whom and why.
CREATE TABLE bans (
    guild_id INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    until    INTEGER,
    actor    INTEGER NOT NULL,
    why      TEXT    NOT NULL,
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

-- Whom or what an act is about (a member, role or channel), and why it was done.
ALTER TABLE audit ADD COLUMN subject INTEGER;
ALTER TABLE audit ADD COLUMN why TEXT;
CREATE INDEX audit_by_actor ON audit (guild_id, actor, number);
CREATE INDEX audit_by_subject ON audit (guild_id, subject, number) WHERE subject IS NOT NULL;
