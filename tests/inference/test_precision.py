"""Half precision: chosen where the processor computes in it, and the same picture to the eye."""

from dataclasses import replace

import pytest
import torch

from inference import POCKET, ImageRequest
from inference.denoise.lanes import Lanes
from inference.denoise.start import lanes_of
from inference.families.components import precision
from inference.families.opening import open_model
from inference.families.stable_diffusion import StableDiffusion

CPU = torch.device("cpu")


def picture(dtype: str) -> torch.Tensor:
    """Of the bundled model in that precision, (height, width, 3), float32."""
    family = open_model(replace(POCKET, precision=dtype), CPU)  # type: ignore[arg-type]
    assert isinstance(family, StableDiffusion)
    assert family.precision == dtype
    request = ImageRequest(
        prompt="a red heart on a white background",
        owner="ada",
        model=POCKET.name,
        width=128,
        height=128,
        steps=12,
        guidance_scale=2.0,
        sampler="dpmpp_2m_karras",
        seed=7,
    )
    (lane,), _ = lanes_of(request, family)
    lanes = Lanes(family, family.latent_shape(128, 128))
    lanes.join(lane)
    while not lane.done:
        lanes.tick()
    return family.decode(lanes.leave(lane)[None])[0].float()


# The stock samplers themselves warn, in a test's hands as in anybody's.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_bfloat16_draws_the_same_picture_to_the_eye() -> None:
    """The state of the samplers is float32 in any case; the average pixel differs by few of 255 levels."""
    difference = (picture("float32") - picture("bfloat16")).abs()
    assert 0 < float(difference.mean()) < 4


@pytest.mark.parametrize("has", [True, False])
def test_a_cpu_computes_in_bfloat16_where_it_can(monkeypatch: pytest.MonkeyPatch, has: bool) -> None:
    """Said outright, a precision holds; the bundled model says float32, the same on every machine."""
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    assert precision(replace(POCKET, precision="auto"), CPU) is (torch.bfloat16 if has else torch.float32)
    assert precision(replace(POCKET, precision="float16"), CPU) is torch.float16
    assert precision(POCKET, CPU) is torch.float32
