"""Figures for Prometheus, gathered when it asks. `docs/operating.md` tells what each means."""

import resource
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.client import EaselClient
from bot.ops.loop_lag import LoopLag
from bot.ops.wire_tap import WireTap
from bot.store import Figures, Store
from inference import Engine

_LEDGER: Final = {
    "reserve": ("easel_reserved_compute_seconds", "Compute-seconds promised at acceptance."),
    "settle": ("easel_unused_compute_seconds", "Compute-seconds given back because a job took less."),
    "refund": ("easel_refunded_compute_seconds", "Compute-seconds given back because nothing was delivered."),
}


class Metrics:
    """Everything that can be told of a running Easel."""

    def __init__(
        self, *, client: EaselClient, store: Store, engine: Engine, lag: LoopLag, tap: WireTap
    ) -> None:
        self._client = client
        self._store = store
        self._engine = engine
        self._lag = lag
        self._tap = tap

    async def text(self) -> bytes:
        """In Prometheus' text format.

        Raises:
            StoreError: the database cannot be read.
        """
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Told([*self._of_store(await self._store.figures()), *self._of_process()]))
        return generate_latest(registry) + self._client.timings.text()

    def _of_store(self, figures: Figures) -> Iterable[Metric]:
        jobs = GaugeMetricFamily("easel_jobs", "Jobs in the database by state.", labels=["state"])
        for state, count in figures.jobs.items():
            jobs.add_metric([state.value], count)
        yield jobs
        for kind, (name, about) in _LEDGER.items():
            yield CounterMetricFamily(name, about, value=abs(figures.ledger[kind]))

    def _of_process(self) -> Iterable[Metric]:
        line = self._engine.queue()
        waiting = sum(entry.position > 0 for entry in line)
        pictures = sum(len(entry.slots) for entry in line)
        gap = self._engine.gap
        state = GaugeMetricFamily("easel_worker_state", "1 for the state the worker is in.", labels=["state"])
        state.add_metric([self._engine.status.state], 1)
        yield state
        yield GaugeMetricFamily("easel_queue_waiting", "Jobs that wait for their turn.", value=waiting)
        yield GaugeMetricFamily("easel_queue_running", "Jobs at work.", value=len(line) - waiting)
        yield GaugeMetricFamily("easel_pictures_running", "Pictures in the making.", value=pictures)
        yield GaugeMetricFamily(
            "easel_picture_slots", "Pictures in the making at most.", value=self._engine.slots
        )
        yield GaugeMetricFamily(
            "easel_fair_gap_seconds",
            "The largest gap in compute-seconds between two who both waited, since the start.",
            value=gap.gap_s,
        )
        yield GaugeMetricFamily("easel_fair_bound_seconds", "What that gap may be.", value=gap.bound_s)
        yield CounterMetricFamily("easel_worker_deaths", "Workers lost.", value=self._engine.worker_deaths)
        yield GaugeMetricFamily("easel_loop_lag_seconds", "Lateness of the event loop.", value=self._lag.last)
        yield GaugeMetricFamily("easel_loop_lag_max_seconds", "At the worst.", value=self._lag.most)
        yield CounterMetricFamily(
            "easel_gateway_disconnects", "Lost connections to the gateway.", value=self._client.disconnects
        )
        requests = CounterMetricFamily(
            "easel_discord_requests", "Requests to Discord by what became of them.", labels=["outcome"]
        )
        for outcome, count in sorted(self._tap.outcomes.items()):
            requests.add_metric([outcome], count)
        yield requests
        yield GaugeMetricFamily(
            "easel_discord_invalid_requests",
            "Of the last ten minutes; Discord bans an address at 10,000.",
            value=self._tap.invalid,
        )
        yield GaugeMetricFamily(
            "easel_clock_behind_seconds",
            "How far this machine's clock is behind Discord's.",
            value=self._tap.time.ahead,
        )
        memory = GaugeMetricFamily("easel_memory_bytes", "Resident memory.", labels=["process"])
        memory.add_metric(["bot"], _resident("self"))
        if self._engine.worker_pid is not None:
            memory.add_metric(["worker"], _resident(str(self._engine.worker_pid)))
        yield memory


class _Told(Collector):
    """Figures that were gathered before."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _resident(process: str) -> float:
    """Bytes a process has in memory; where there is no /proc, the most that this one ever had."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        unit = 1 if sys.platform == "darwin" else 1024
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit) if process == "self" else 0.0
    return float(pages * resource.getpagesize())
