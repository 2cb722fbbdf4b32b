-- Pictures that requests begin from, once each: the requests of rerolls and variations share theirs.
CREATE TABLE sources (
    digest  TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    picture BLOB NOT NULL
) STRICT;
ALTER TABLE requests ADD COLUMN source TEXT REFERENCES sources (digest);
ALTER TABLE requests ADD COLUMN mask   TEXT REFERENCES sources (digest);
