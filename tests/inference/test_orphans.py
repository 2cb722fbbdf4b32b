"""A worker never outlives its engine."""

import contextlib
import subprocess
import sys

import psutil
import pytest

PARENT = """
import asyncio, sys
from inference import POCKET, Catalogue, Engine, ImageRequest

async def main(ready):
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu") as engine:
        if ready:
            await engine.ready()
            engine.submit(ImageRequest(prompt="x", owner="a", model="pocket", width=256, height=256,
                                       steps=150, guidance_scale=5, sampler="ddim", seed=1, count=10))
        while engine.worker_pid is None:
            await asyncio.sleep(0)
        print(engine.worker_pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main(sys.argv[1] == "ready"))
"""


@pytest.mark.parametrize("state", ["starting", "ready"])
def test_a_killed_bot_leaves_no_worker_behind(state: str) -> None:
    """Even SIGKILL, even while the worker imports torch or is busy: its pipe closes, and it leaves."""
    with subprocess.Popen([sys.executable, "-c", PARENT, state], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    with contextlib.suppress(psutil.NoSuchProcess):
        worker.wait(30)
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
