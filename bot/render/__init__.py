"""The only place that finds words for people: `words` (phrases), `cards` (jobs), `panels` (the rest)."""
