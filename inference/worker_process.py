"""The worker's process: its two pipes, its manners, its end.

Runs as `python -m inference.worker_process`; speaks `inference.messages` over its standard input and output.
torch is imported only once somebody listens for the pipe's end, so that the process leaves even meanwhile.
"""

import argparse
import contextlib
import importlib
import logging
import os
import queue
import signal
import sys
import threading
from typing import BinaryIO, Final

from inference import wire
from inference.messages import FromWorker, ToWorker

NICENESS: Final = 5
"""The bot beside it comes first."""
WORKER: Final = "INFERENCE_WORKER"
"""The variable that says which of them works here; tests and soaks alone set it."""
WORKERS: Final = {"real": "inference.worker", "scripted": "inference.scripted_worker"}


def take_the_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two ends to the engine; from here on what libraries print goes to standard error."""
    listen = os.fdopen(os.dup(0), "rb")
    speak = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 — a descriptor is what is wanted
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return listen, speak


def listen_until_closed(pipe: BinaryIO, inbox: "queue.SimpleQueue[ToWorker]") -> None:
    """Fills the inbox. When the engine is gone the process leaves at once, whatever it is busy with."""
    try:
        while (message := wire.read(pipe)) is not None:
            if isinstance(message, ToWorker):
                inbox.put(message)
    finally:
        os._exit(0)


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m inference.worker_process")
    arguments.add_argument("--device", default="auto")
    arguments.add_argument("--threads", type=int, required=True)
    arguments.add_argument("--preview-every", type=float, required=True)
    arguments.add_argument("--exact", action="store_true")
    arguments.add_argument("--compile-into", help="compile U-Nets; the folder for what the compiler makes")
    options = arguments.parse_args()

    if options.compile_into:  # read when torch is imported, which is not yet
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = options.compile_into
    # Ctrl-C in a terminal reaches every process of it; the engine alone decides when the worker leaves.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):  # some containers forbid it
        os.nice(NICENESS)
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    listen, speak = take_the_pipes()
    inbox: queue.SimpleQueue[ToWorker] = queue.SimpleQueue()
    threading.Thread(target=listen_until_closed, args=(listen, inbox), name="listener", daemon=True).start()

    def say(message: FromWorker) -> None:
        speak.write(wire.encode(message))
        speak.flush()

    importlib.import_module(WORKERS[os.environ.get(WORKER, "real")]).work_forever(
        device=options.device,
        threads=options.threads,
        preview_every=options.preview_every,
        inbox=inbox,
        say=say,
        exact=options.exact,
        compiled=options.compile_into is not None,
    )


if __name__ == "__main__":
    main()
