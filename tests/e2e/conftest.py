"""Houses to test in: see `house.py`."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from besieged import Siege, besieged
from fault_house import scripted
from house import House, opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One house for all tests of a file: the model loads once. Four pictures fill it, on any machine."""
    async with opened(
        tmp_path_factory.mktemp("house"),
        EASEL_QUOTA__SECONDS_PER_DAY="100000",
        EASEL_QUOTA__WAITING_JOBS="20",
        EASEL_ENGINE__SLOTS="4",
    ) as house:
        await house.app.engine.ready()
        yield house


@pytest.fixture
async def own_house(tmp_path: Path) -> AsyncIterator[House]:
    """A house for one test alone, which may break it."""
    async with opened(tmp_path, EASEL_ENGINE__SLOTS="4") as house:
        await house.app.engine.ready()
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def siege(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    """One for all tests of a file: what is tried there without the right may change nothing."""
    async with scripted(tmp_path_factory.mktemp("siege"), step=0.1, observed=False) as house:
        yield await besieged(house)


@pytest.fixture
def nothing_breaks(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever is tried, nothing is an error of ours, nor of the library's."""
    yield
    broken = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not broken, [record.getMessage() for record in broken]
