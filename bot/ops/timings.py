"""How long people waited and how often they were told no: counted where it happens, told by `ops.metrics`."""

from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_ANSWER: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds; Discord waits three."""
_DELIVERY: Final = (2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0, 900.0, 3600.0)


class Timings:
    """Figures of one running Easel."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._answers = Histogram(
            "easel_answer_seconds",
            "From hearing of a command or a press that makes pictures to its acknowledgement.",
            buckets=_ANSWER,
            registry=self._registry,
        )
        self._deliveries = Histogram(
            "easel_delivery_seconds",
            "From asking to the pictures.",
            buckets=_DELIVERY,
            registry=self._registry,
        )
        self._refusals = Counter(
            "easel_refusals", "Times somebody was told no, by why.", ["why"], registry=self._registry
        )

    def answered(self, seconds: float) -> None:
        """Somebody was told that their pictures will be made, so long after they asked."""
        self._answers.observe(seconds)

    def delivered(self, asked: datetime, now: datetime) -> None:
        """Pictures are there. Both by Discord's clock, which is known to a second."""
        self._deliveries.observe(max(0.0, (now - asked).total_seconds()))

    def refused(self, why: BaseException) -> None:
        """Somebody was told no."""
        self._refusals.labels(type(why).__name__).inc()

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)
