"""Estimates follow what was measured."""

from collections.abc import Callable

import pytest

from inference import ImageRequest
from inference.cost import CAUTIOUS_RATE, CostModel, megapixel_evaluations


def test_an_estimate_learns_from_what_requests_took(make_request: Callable[..., ImageRequest]) -> None:
    """After some requests of one cost, the next of its kind is estimated so, whatever its size."""
    cost = CostModel()
    small, large = make_request(steps=10), make_request(steps=20, count=4)
    assert cost.estimate(small) == pytest.approx(CAUTIOUS_RATE * megapixel_evaluations(small))
    assert not cost.knows(small)
    cost.seed("pocket", 1.0)
    for _ in range(20):
        cost.learn(small, 2.0)
    expected = 2.0 * megapixel_evaluations(large) / megapixel_evaluations(small)
    assert cost.estimate(large) == pytest.approx(expected, rel=0.01)
    assert CostModel(cost.rates).estimate(large) == cost.estimate(large)


def test_guidance_and_heun_cost_double(make_request: Callable[..., ImageRequest]) -> None:
    """Evaluations are what is paid for: two a step with guidance, two a step with Heun."""
    plain = megapixel_evaluations(make_request(guidance_scale=1, steps=100))
    assert megapixel_evaluations(make_request(guidance_scale=5, steps=100)) == pytest.approx(
        2 * plain, rel=0.05
    )
    heun = make_request(guidance_scale=1, steps=100, sampler="heun")
    assert megapixel_evaluations(heun) == pytest.approx(2 * plain, rel=0.05)


def test_a_rate_of_another_device_gives_way_to_the_warm_up() -> None:
    """What was learnt on a CPU must not price a GPU's pictures; a measurement like it changes nothing."""
    cost = CostModel({"pocket": 39.0})
    cost.seed("pocket", 30.0)
    assert cost.rates == {"pocket": 39.0}
    cost.seed("pocket", 0.2)
    assert cost.rates == {"pocket": 0.2}


def test_a_range_is_as_wide_as_estimates_were_off(make_request: Callable[..., ImageRequest]) -> None:
    """It narrows while requests take what was thought, and widens when they do not."""
    cost, request = CostModel(), make_request()
    least, most = cost.bounds(10.0)
    assert least < 10.0 < most
    for _ in range(10):
        cost.learn(request, 2.0)
    narrow = cost.bounds(10.0)
    assert least < narrow[0] < 10.0 < narrow[1] < most
    for seconds in (1.0, 4.0) * 5:
        cost.learn(request, seconds)
    wide = cost.bounds(10.0)
    assert wide[0] < narrow[0]
    assert wide[1] > narrow[1]
