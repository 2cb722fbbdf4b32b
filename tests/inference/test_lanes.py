"""Pictures denoised together, each against its own stock pipeline run alone."""

import copy
from collections.abc import Iterator
from typing import Final

import numpy as np
import pytest
import torch
from tiny_models import KINDS, SIDE, png, stock_latents, tiny_components, tiny_family
from torch import Tensor

from inference import ImageRequest, SourcePicture
from inference.denoise.lanes import Lane, Lanes
from inference.denoise.start import lanes_of
from inference.families.components import quicken
from inference.families.stable_diffusion import StableDiffusion

# The stock samplers themselves warn, in a test's hands as in anybody's.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RANDOM: Final = np.random.default_rng(3)
PICTURE: Final = png(RANDOM.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8))
MASK: Final = png(
    np.pad(np.full((32, 40), 255, dtype=np.uint8), ((10, SIDE - 42), (16, SIDE - 56)), constant_values=0)
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Sums in the same order, whoever computes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def request(sampler: str, **said: object) -> ImageRequest:
    settings: dict[str, object] = {
        "prompt": "a red house by the sea",
        "owner": "ada",
        "model": "tiny",
        "width": SIDE,
        "height": SIDE,
        "steps": 6,
        "guidance_scale": 5.0,
        "seed": 7,
    }
    return ImageRequest(sampler=sampler, **(settings | said))  # type: ignore[arg-type]


def from_picture(strength: float, *, masked: bool = False) -> SourcePicture:
    return SourcePicture(png=PICTURE, strength=strength, mask=MASK if masked else None)


REQUESTS: Final = (
    (0, request("dpmpp_2m_karras", steps=8, count=2)),
    (0, request("euler_a", steps=5, seed=1, guidance_scale=1.0)),
    (1, request("ddim", steps=9, source=from_picture(0.7), seed=2)),
    (1, request("euler", steps=7, negative_prompt="a sun", guidance_scale=9.0)),
    (2, request("euler_a", steps=8, source=from_picture(0.5, masked=True), count=2)),
    (2, request("pndm", steps=12, prompt="a boat")),
    (3, request("heun", steps=6, source=from_picture(0.6), seed=3)),
    (3, request("dpmpp_2m", steps=10, source=from_picture(1.0, masked=True))),
    (4, request("unipc", steps=7, source=from_picture(0.8, masked=True))),
    (5, request("lms", steps=8, source=from_picture(1.0), prompt="a green field under a blue sky")),
    (6, request("ddpm", steps=5, source=from_picture(0.9), guidance_scale=0.0)),
    (9, request("ddim", steps=4, source=from_picture(0.9, masked=True), guidance_scale=1.0)),
)
"""Each with the tick at which it comes."""


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "shared"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_lane_ends_as_the_stock_pipeline_does(kind: str, exact: bool) -> None:
    """Whatever the sampler, the steps, the guidance, the source and the neighbours; and to rounding alone."""
    made = denoised(kind, exact=exact)
    assert len(made) == 14
    for number, index, latents in made:
        stock = stock_latents(kind, REQUESTS[number][1], index)
        difference = float((latents - stock).norm() / stock.norm())
        assert difference <= (1e-5 if exact else 1e-4), REQUESTS[number]


def test_in_exact_mode_neighbours_change_no_bit() -> None:
    """Neither in the forward nor in the update, whose samplers keep different numbers of tensors."""
    model = tiny_family("sd-1")
    for number, index, latents in denoised("sd-1", exact=True):
        lane = lanes_of(REQUESTS[number][1], model)[0][index]
        assert torch.equal(latents, alone(model, lane, exact=True)), REQUESTS[number]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_gpu_is_given_computes_the_same(kind: str) -> None:
    """Fused projections and channels last, here on the CPU: the U-Net answers as before, to rounding."""
    plain = tiny_components(kind).unet
    fast = copy.deepcopy(plain)
    quicken(fast, "unet", torch.device("cuda"))
    model = tiny_family(kind)
    text, _, _ = model.conditionings("a red house", None, width=SIDE, height=SIDE)
    about = None
    if text.pooled is not None and text.size_ids is not None:
        about = {"text_embeds": text.pooled[None], "time_ids": text.size_ids[None]}
    latents = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        one, other = (
            unet(latents, 500.0, encoder_hidden_states=text.hidden[None], added_cond_kwargs=about).sample
            for unet in (plain, fast)
        )
    assert any("to_qkv" in name for name, _ in fast.named_modules())
    torch.testing.assert_close(other, one, rtol=1e-4, atol=1e-5)


def test_what_a_mask_keeps_is_kept() -> None:
    """Outside of the mask the latents are the source picture's own, to the last bit."""
    model = tiny_family("sd-1")
    (lane,), _ = lanes_of(request("euler_a", source=from_picture(0.8, masked=True)), model)
    assert lane.held is not None
    latents = alone(model, lane)
    kept = (lane.held.mask == 0).expand_as(latents)
    assert kept.any()
    assert not kept.all()
    assert torch.equal(latents[kept], lane.held.clean[kept])
    assert not torch.isclose(latents[~kept], lane.held.clean[~kept]).all()


def test_a_little_strength_stays_near_the_source() -> None:
    """The more of the steps are taken, the farther away it ends."""
    model = tiny_family("sd-1")
    distances = []
    for strength in (0.2, 0.5, 1.0):
        (lane,), _ = lanes_of(request("ddim", steps=10, source=from_picture(strength)), model)
        assert len(lane.plan.steps) == round(10 * strength)
        clean = model.see(torch.from_numpy(_pixels())).mean
        distances.append(float((alone(model, lane) - clean).norm()))
    assert distances == sorted(distances)


def _pixels() -> "np.typing.NDArray[np.uint8]":
    return np.random.default_rng(3).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8).transpose(2, 0, 1)


def alone(model: StableDiffusion, lane: Lane, *, exact: bool = False) -> Tensor:
    lanes = Lanes(model, model.latent_shape(SIDE, SIDE), exact=exact)
    lanes.join(lane)
    while not lane.done:
        lanes.tick()
    return lanes.leave(lane)


def denoised(kind: str, *, exact: bool) -> list[tuple[int, int, Tensor]]:
    """All requests in shared ticks: which request, which picture, its final latents."""
    model = tiny_family(kind)
    lanes = Lanes(model, model.latent_shape(SIDE, SIDE), exact=exact)
    who: dict[Lane, tuple[int, int]] = {}
    made, tick, most = [], 0, 0
    while tick == 0 or lanes.active:
        for number, (arrival, asked) in enumerate(REQUESTS):
            if arrival == tick:
                for index, lane in enumerate(lanes_of(asked, model)[0]):
                    who[lane] = (number, index)
                    lanes.join(lane)
        most = max(most, len(lanes))
        made += [(*who[lane], lanes.leave(lane)) for lane in lanes.tick()]
        tick += 1
    assert most >= 8
    return made
