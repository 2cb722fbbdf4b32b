"""A blocking call that takes one step at a time, so that one thread can do a little of everything."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Left(BaseException):
    """Raised inside the call at its stop when nobody wants its result; no `except Exception` keeps it."""


class Paced(Generic[T]):
    """Runs a call in a thread of its own, which goes on only while `go_on` waits for it.

    So the thread that calls `go_on` and the call never run at once: whatever they share needs no lock.

    Args:
        call: is given what it shall call at each of its stops.
        name: of the thread.
    """

    def __init__(self, call: Callable[[Callable[[], None]], T], *, name: str) -> None:
        self._call = call
        self._turn, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._leaving = False
        self._results: list[T] = []
        self._error: BaseException | None = None
        # A daemon: a worker that leaves waits for nobody's picture.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def result(self) -> T:
        """What the call returned.

        Raises:
            IndexError: it has not ended yet.
        """
        return self._results[0]

    def go_on(self) -> bool:
        """Lets the call run to its next stop; whether it has ended.

        Raises:
            Exception: whatever the call raised; it has ended then.
        """
        if self._thread.ident is None:
            self._thread.start()
        else:
            self._turn.release()
        self._back.acquire()
        if self._error is not None:
            raise self._error
        return bool(self._results)

    def leave(self) -> None:
        """Ends the call at its stop and waits for its thread. Again, or after its end, is no matter."""
        self._leaving = True
        if self._thread.is_alive():
            self._turn.release()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._results.append(self._call(self._stop))
        except Left:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            self._error = error
        finally:
            self._back.release()

    def _stop(self) -> None:
        """Where the call stands until it is told to go on."""
        if not self._leaving:
            self._back.release()
            self._turn.acquire()
        if self._leaving:  # also where a pipeline did not let itself be ended the first time
            raise Left
