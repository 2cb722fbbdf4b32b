"""In the worker: parked jobs cost no compute, leave nothing behind, and end as if unparked."""

import random
from dataclasses import replace
from functools import cache

import pytest
import torch
from tiny_models import SIDE, warm

from inference import POCKET, ImageRequest
from inference.bench import Bench
from inference.messages import Finished, FromWorker, Stepped
from inference.warm_models import WarmModels

# The stock samplers themselves warn, in a test's hands as in anybody's.
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

NAMES = ("a", "b", "c", "d", "e")


def request(number: int) -> ImageRequest:
    return ImageRequest(
        prompt="a boat",
        owner="ada",
        model="tiny",
        width=SIDE,
        height=SIDE,
        steps=4 + number,
        guidance_scale=3.0,
        sampler=("ddim", "euler_a", "dpmpp_2m", "heun", "pndm")[number],
        seed=number,
        count=1 + number % 2,
    )


class Made:
    """A bench, and what it said."""

    def __init__(self) -> None:
        self.said: list[FromWorker] = []
        self.failed: dict[str, Exception] = {}
        self.bench = Bench(
            preview_every=1e9, say=self.said.append, fail=self._fail, device=torch.device("cpu"), exact=True
        )

    def _fail(self, job_id: str, error: Exception, _: float) -> None:
        self.failed[job_id] = error

    def finished(self) -> dict[str, list[bytes]]:
        return {
            told.job_id: [image.png for image in told.images]
            for told in self.said
            if isinstance(told, Finished)
        }

    def steps(self, name: str) -> list[int]:
        return [told.step for told in self.said if isinstance(told, Stepped) and told.job_id == name]

    def run_out(self) -> None:
        while self.bench.busy:
            self.bench.tick()

    @property
    def occupied(self) -> int:
        return len(self.bench._groups) + len(self.bench._making)


@cache
def alone(number: int) -> list[bytes]:
    made = Made()
    made.bench.begin("it", request(number), warm())
    made.run_out()
    return made.finished()["it"]


def test_a_parked_job_costs_nothing_and_goes_on_where_it_was() -> None:
    """While it is parked alone there is nothing to do; afterwards its steps are counted on."""
    made = Made()
    made.bench.begin("a", request(3), warm())
    for _ in range(5):
        made.bench.tick()
    parked = made.bench.park("a")
    assert parked is not None
    assert (parked.step, parked.steps) == (made.steps("a")[-1], 7)
    assert parked.compute_seconds > 0
    assert made.bench.park("a") is None
    assert made.bench.keeping == (warm(),)
    assert not made.bench.busy
    made.bench.begin("b", request(0), warm())
    before = made.steps("a")
    made.run_out()
    assert made.steps("a") == before
    assert made.finished() == {"b": alone(0)}
    made.bench.resume("a")
    made.bench.resume("nobody")
    made.run_out()
    assert made.steps("a") == list(range(1, 8))
    assert made.finished()["a"] == alone(3)
    assert made.occupied == 0


def test_what_is_past_its_last_step_is_not_parked() -> None:
    """Nor is what is not here."""
    made = Made()
    assert made.bench.park("a") is None
    made.bench.begin("a", request(1), warm())
    while made.steps("a")[-1:] != [5]:
        made.bench.tick()
    assert made.bench.park("a") is None
    made.run_out()
    assert made.finished()["a"] == alone(1)


def test_a_parked_job_that_is_stopped_leaves_nothing_behind() -> None:
    """And needs no answer, since what it took was said."""
    made = Made()
    made.bench.begin("a", request(1), warm())
    made.bench.tick()
    assert made.bench.park("a") is not None
    assert made.bench.stop("a") is None
    assert made.occupied == 0


def test_running_out_of_memory_spares_who_is_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever ran then fails; the parked one is made as it is alone."""
    made = Made()
    made.bench.begin("a", request(1), warm())
    made.bench.tick()
    assert made.bench.park("a") is not None
    made.bench.begin("b", request(0), warm())

    def full(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError

    with monkeypatch.context() as broken:
        broken.setattr(warm().family, "forward", full)
        made.run_out()
    assert isinstance(made.failed["b"], torch.OutOfMemoryError)
    made.bench.resume("a")
    made.run_out()
    assert made.finished() == {"a": alone(1)}
    assert made.occupied == 0


def test_the_model_of_a_parked_job_stays_where_another_makes_room() -> None:
    """Whoever is parked needs it again; so no model is in memory twice, and never one too many."""
    models = WarmModels(torch.device("cpu"))
    first, second, third = (replace(POCKET, name=name) for name in ("first", "second", "third"))
    kept = models.load(first)
    models.load(second)
    models.touch(kept)
    models.load(third)
    assert models.get(first) is kept
    assert models.get(second) is None


@pytest.mark.parametrize("order", range(20))
def test_whoever_is_parked_in_any_order_ends_as_alone(order: int) -> None:
    """Every job that is not stopped is finished with the file it has alone, and no lane stays occupied."""
    chance, made = random.Random(order), Made()
    numbers: dict[str, int] = {}
    stopped = set()
    for _ in range(60):
        name = chance.choice(NAMES)
        match chance.choice(["begin", "park", "resume", "stop", "tick", "tick", "tick"]):
            case "begin" if name not in numbers:
                numbers[name] = chance.randrange(5)
                made.bench.begin(name, request(numbers[name]), warm())
            case "park":
                made.bench.park(name)
            case "resume":
                made.bench.resume(name)
            case "stop" if name in numbers and name not in made.finished() and chance.random() < 0.3:
                made.bench.stop(name)
                stopped.add(name)
            case "tick":
                made.bench.tick()
    for name in NAMES:
        made.bench.resume(name)
    made.run_out()
    assert made.finished() == {name: alone(number) for name, number in numbers.items() if name not in stopped}
    assert made.occupied == 0
    assert not made.failed
