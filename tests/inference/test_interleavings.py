"""Pictures come, go and are cancelled in random order, and none of them notices the others.

Twenty orders run in `make test`, two hundred in `make soak`.
"""

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
import pytest
import torch
from tiny_models import KINDS, SIDE, png, stock_latents, tiny_family
from torch import Tensor

from inference import SAMPLERS, ImageRequest, SourcePicture
from inference.denoise.lanes import Lane, Lanes
from inference.denoise.start import lanes_of

# The stock samplers themselves warn, in a test's hands as in anybody's.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

QUICK: Final = 20
ORDERS: Final = 200
POOL: Final = 20
"""Different requests; the stock pipeline makes each of their pictures once."""
WEIGHTS: Final = {"tick": 10, "tick some": 3, "come": 5, "finish": 4, "cancel": 2}
"""How often what happens next is what: mostly steps, with lanes that come about as fast as they go."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Sums in the same order, whoever computes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@cache
def request(number: int) -> ImageRequest:
    """One of the pool: every sampler is there, guided or not, from noise, a picture or parts of one."""
    chance = random.Random(number)
    sampler = SAMPLERS[sorted(SAMPLERS)[number % len(SAMPLERS)]]
    drawing = np.random.default_rng(number)
    mask = np.zeros((SIDE, SIDE), dtype=np.uint8)
    mask[chance.randrange(30) :, chance.randrange(30) :] = 255
    source = SourcePicture(
        png=png(drawing.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)),
        strength=chance.choice([0.5, 0.8, 1.0]),
        mask=chance.choice([None, png(mask)]),
    )
    return ImageRequest(
        prompt=chance.choice(["a red house by the sea", "a boat", "a green field under a blue sky"]),
        owner="ada",
        model="tiny",
        width=SIDE,
        height=SIDE,
        steps=chance.randint(max(4, sampler.fewest_steps), max(12, sampler.fewest_steps)),
        guidance_scale=chance.choice([0.0, 1.0, 3.5, 9.0]),
        sampler=sampler.name,
        seed=number,
        count=chance.choice([1, 1, 2]),
        negative_prompt=chance.choice(["", "a sun"]),
        source=chance.choice([None, None, source]),
    )


@cache
def stock(kind: str, number: int, index: int) -> Tensor:
    return stock_latents(kind, request(number), index)


@cache
def alone(kind: str, number: int, index: int) -> Tensor:
    model = tiny_family(kind)
    lane = lanes_of(request(number), model)[0][index]
    lanes = Lanes(model, model.latent_shape(SIDE, SIDE), exact=True)
    lanes.join(lane)
    while not lane.done:
        lanes.tick()
    return lanes.leave(lane)


class Evening:
    """One random order of comings, steps, goings and cancellations, until nobody is left.

    Args:
        order: its number; the same one is the same order.
        slots: what holds the lanes; another kind to see that this test can fail.
    """

    def __init__(self, order: int, slots: type[Lanes] = Lanes) -> None:
        self.chance = random.Random(order)
        self.kind = self.chance.choice(KINDS)
        self.exact = self.chance.random() < 0.3
        model = tiny_family(self.kind)
        self.lanes = slots(model, model.latent_shape(SIDE, SIDE), exact=self.exact)
        self.to_come = self.chance.randint(4, 9)
        self.who: dict[Lane, tuple[int, int]] = {}
        self.happened: Counter[str] = Counter()
        self.most = 0

    def run(self) -> None:
        while self.to_come or len(self.lanes):
            act = self.chance.choices([*WEIGHTS], [*WEIGHTS.values()])[0]
            here = self.lanes.active
            if act == "come" and self.to_come:
                self.come()
            elif act == "tick":
                self.lanes.tick()
            elif act == "tick some":
                self.lanes.tick(self.chance.sample(here, len(here) // 2))
            elif act == "cancel" and here:
                self.lanes.leave(self.chance.choice(here))  # finished or not, or just come
            elif act == "finish":
                for lane in here:
                    if lane.done:
                        self.compare(lane)
            else:
                continue
            self.happened[act] += 1
            self.most = max(self.most, len(self.lanes))

    def come(self) -> None:
        self.to_come -= 1
        number = self.chance.randrange(POOL)
        for index, lane in enumerate(lanes_of(request(number), tiny_family(self.kind))[0]):
            self.who[lane] = (number, index)
            self.lanes.join(lane)

    def compare(self, lane: Lane) -> None:
        """What leaves finished is what the stock pipeline makes alone; in exact mode, to its own last bit."""
        latents, (number, index) = self.lanes.leave(lane), self.who[lane]
        wanted = stock(self.kind, number, index)
        difference = float((latents - wanted).norm() / wanted.norm())
        assert difference <= (1e-5 if self.exact else 1e-4), request(number)
        if self.exact:
            assert torch.equal(latents, alone(self.kind, number, index)), request(number)
        self.happened["compared"] += 1


@cache
def evening(order: int) -> Evening:
    """That order, run to its end."""
    one = Evening(order)
    one.run()
    return one


@pytest.mark.parametrize(
    "order",
    [order if order < QUICK else pytest.param(order, marks=pytest.mark.soak) for order in range(ORDERS)],
)
def test_nobody_notices_who_comes_and_goes(order: int) -> None:
    """Every picture that is not cancelled is the one it is alone."""
    evening(order)


def test_the_orders_are_worth_running() -> None:
    """Lanes share ticks, go early and late; and whoever is compared is compared often."""
    evenings = [evening(order) for order in range(QUICK)]
    happened = sum((each.happened for each in evenings), Counter[str]())
    assert happened["compared"] >= 3 * QUICK
    assert happened["cancel"] >= QUICK
    assert max(each.most for each in evenings) >= 6
    assert {each.exact for each in evenings} == {True, False}
    assert {each.kind for each in evenings} == set(KINDS)


class Forgetful(Lanes):
    """Wrong on purpose: whoever goes takes along what the others' samplers keep."""

    def leave(self, lane: Lane) -> Tensor:
        latents = super().leave(lane)
        self._state[:, 1:] = 0
        return latents


def test_lanes_that_disturb_each_other_are_found() -> None:
    """These comparisons can fail."""
    found = 0
    for order in range(QUICK):
        try:
            Evening(order, Forgetful).run()
        except AssertionError:
            found += 1
    assert found >= QUICK // 4
