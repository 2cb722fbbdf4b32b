"""Health and metrics of the running bot, asked over HTTP as systemd and Prometheus do."""

import asyncio
import json
import logging
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from house import House, opened, settings_in
from prometheus_client.parser import text_string_to_metric_families

from bot.app import running
from bot.config_problems import ConfigError
from bot.ops import health
from bot.ops.loop_lag import LoopLag
from bot.ops.wire_tap import WINDOW, WireTap

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("ops"), EASEL_OPS__PORT="0") as house:
        yield house


async def asked(house: House, path: str) -> tuple[int, str]:
    assert house.app.ops is not None
    async with aiohttp.ClientSession() as session, session.get(house.app.ops.address + path) as answer:
        return answer.status, await answer.text()


async def troubles(house: House) -> dict[str, str]:
    status, text = await asked(house, "/readyz")
    said = json.loads(text)
    assert said["ready"] is (status == 200) is (not said["parts"])
    parts: dict[str, str] = said["parts"]
    return parts


async def until_ready(house: House) -> None:
    for _ in range(600):
        if not await troubles(house):
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(await troubles(house))


async def metrics(house: House) -> dict[tuple[str, str], float]:
    """Samples by name and the value of their one label, or ""."""
    status, text = await asked(house, "/metrics")
    assert status == 200
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_it_is_alive_and_ready_once_the_model_is_warm(house: House) -> None:
    """Alive from the first moment, ready when pictures can be made."""
    assert await asked(house, "/livez") == (200, "alive\n")
    await until_ready(house)


async def test_metrics_tell_what_became_of_jobs(house: House) -> None:
    """The database's own counts, the ledger's sums, the worker, the requests to Discord."""
    await until_ready(house)
    message = await house.person("ada").command("imagine", prompt="a star", count=2, steps=4)
    await house.pictures(message)
    assert "steps" in (await house.person("ada").command("imagine", prompt="a star --steps 9999")).text
    told = await metrics(house)
    assert told["easel_answer_seconds_count", ""] == told["easel_delivery_seconds_count", ""] == 1
    assert 0 < told["easel_answer_seconds_sum", ""] < 2.5
    assert [count for (name, _), count in told.items() if name == "easel_refusals_total"] == [1]
    assert abs(told["easel_clock_behind_seconds", ""]) < 5
    assert told["easel_jobs", "delivered"] == 1
    assert told["easel_jobs", "running"] == 0
    reserved, unused = (
        told["easel_reserved_compute_seconds_total", ""],
        told["easel_unused_compute_seconds_total", ""],
    )
    assert reserved - unused == pytest.approx(house.spent(house.person("ada")))
    assert told["easel_worker_state", "ready"] == 1
    assert told["easel_discord_requests_total", "2xx"] > 0
    assert told["easel_memory_bytes", "worker"] > 10 * 2**20
    assert told["easel_memory_bytes", "bot"] > 10 * 2**20
    assert 0 <= told["easel_loop_lag_seconds", ""] <= told["easel_loop_lag_max_seconds", ""]
    assert told["easel_fair_gap_seconds", ""] <= told["easel_fair_bound_seconds", ""]


async def test_a_worker_that_is_killed_makes_it_unready_until_the_next_is_warm(house: House) -> None:
    """The metrics count it."""
    await until_ready(house)
    before = await metrics(house)
    pid = house.app.engine.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await house.discord.until(lambda: house.app.engine.worker_pid != pid)
    assert "worker" in await troubles(house)
    await until_ready(house)
    after = await metrics(house)
    assert after["easel_worker_deaths_total", ""] == before["easel_worker_deaths_total", ""] + 1


async def test_a_database_that_takes_no_write_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program holds it locked."""
    await until_ready(house)
    monkeypatch.setattr(health, "PATIENCE", 0.3)
    path = house.settings.storage.folder / "easel.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (await troubles(house))["database"] == "no write within 0.3 s"
        other.execute("ROLLBACK")
    await until_ready(house)


async def test_without_its_discord_it_is_not_ready(house: House) -> None:
    """And it is again once the gateway took it back; the loss is counted."""
    await until_ready(house)
    before = await metrics(house)
    assert house.app.client.ws is not None
    await house.app.client.ws.close(4000)
    await house.discord.until(
        lambda: house.app.client.disconnects > before["easel_gateway_disconnects_total", ""]
    )
    await until_ready(house)


async def test_a_disk_without_room_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is full."""
    monkeypatch.setattr(health, "ROOM_NEEDED", 2**60)
    assert (await troubles(house))["disk"].startswith("only ")


async def test_who_is_closing_is_not_ready(house: House) -> None:
    """So that nobody sends it anything more."""
    house.app.studio.drain()
    assert (await troubles(house))["bot"] == "it is closing and takes nothing new"
    await house.restart()


async def test_nothing_is_told_where_nobody_wants_it(tmp_path: Path) -> None:
    """Without a port nothing listens."""
    async with opened(tmp_path) as house:
        assert house.app.ops is None


async def test_a_port_that_is_taken_is_said_in_one_line(house: House, tmp_path: Path) -> None:
    """With what to do; no bot runs unseen."""
    assert house.app.ops is not None
    port = house.app.ops.address.rpartition(":")[2]
    with pytest.raises(
        ConfigError, match=rf"ops.port: cannot listen on 127.0.0.1:{port}: .*; choose another port"
    ):
        async with running(settings_in(tmp_path, EASEL_OPS__PORT=port), house.discord.token):
            pass


async def test_a_loop_that_stands_still_is_noticed(caplog: pytest.LogCaptureFixture) -> None:
    """Said once in a while, remembered for a minute."""
    lag = LoopLag()
    with caplog.at_level(logging.WARNING):
        lag.note(0.4, now=100.0)
        lag.note(0.6, now=101.0)
        lag.note(0.01, now=102.0)
    assert [record.message for record in caplog.records] == [
        "the event loop stood still for 0.40 s; nobody was answered meanwhile"
    ]
    assert (lag.last, lag.stood_still, lag.most) == (0.01, 1.0, 0.6)
    lag.note(0.0, now=170.0)
    assert (lag.stood_still, lag.most) == (0.0, 0.6)


async def test_a_loop_that_is_blocked_is_measured() -> None:
    """By how long nothing else could run."""
    lag = LoopLag()
    watching = asyncio.create_task(lag.watch())
    await asyncio.sleep(0.05)
    asyncio.get_running_loop().call_soon(time.sleep, 0.5)
    await asyncio.sleep(0.3)
    watching.cancel()
    assert lag.most >= 0.3


async def test_invalid_requests_are_forgotten_after_ten_minutes() -> None:
    """As Discord forgets them."""
    now = 0.0
    tap = WireTap(lambda: now)
    tap._invalid.extend((0.0, 1.0))
    assert tap.invalid == 2
    now = WINDOW + 0.5
    assert tap.invalid == 1
