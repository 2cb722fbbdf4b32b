-- Workers that died while a job was alone with them: they count across restarts of the bot.
ALTER TABLE jobs ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0 CHECK (deaths >= 0);
-- 0 while a job's message may still show it as under way although it failed or was cancelled.
ALTER TABLE jobs ADD COLUMN told INTEGER NOT NULL DEFAULT 1 CHECK (told IN (0, 1));
CREATE INDEX jobs_untold ON jobs (number) WHERE NOT told;
-- Which pictures are old enough to be forgotten.
CREATE INDEX jobs_kept ON jobs (state, asked_at) WHERE NOT discarded;
-- Whether a picture that a request began from is still needed is asked at every end of such a job.
CREATE INDEX jobs_by_request ON jobs (request);
CREATE INDEX requests_by_source ON requests (source) WHERE source IS NOT NULL;
CREATE INDEX requests_by_mask ON requests (mask) WHERE mask IS NOT NULL;
