-- What somebody typed into the form behind a job's edit button and that was refused: nothing typed is lost.
CREATE TABLE drafts (
    job     TEXT    NOT NULL REFERENCES jobs (id),
    user_id INTEGER NOT NULL,
    body    TEXT    NOT NULL CHECK (json_valid(body)),
    at      INTEGER NOT NULL,
    PRIMARY KEY (job, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_by_age ON drafts (at);
