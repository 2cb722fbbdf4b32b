"""How many jobs of each group run, and who may begin beside them. Pure."""

from collections import Counter

from inference.terms import Terms


class Groups:
    """Counts, by group, the jobs in flight that name it."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()

    def begin(self, terms: Terms) -> None:
        """A job on these terms runs."""
        self._running.update(cap.group for cap in terms.caps)

    def end(self, terms: Terms) -> None:
        """It does not any more, or not on these terms."""
        for cap in terms.caps:
            self._running[cap.group] -= 1
            if not self._running[cap.group]:
                del self._running[cap.group]  # there are as many groups as people and channels

    def may_start(self, terms: Terms) -> bool:
        """Whether a job on these terms is not held, and no cap keeps it back."""
        return not terms.held and all(self._running[cap.group] < cap.running for cap in terms.caps)
