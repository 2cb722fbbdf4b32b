"""What goes wrong for one, in the worker, is spared the others: nothing leaks, nothing is drawn twice."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from tiny_models import SIDE, tiny_family, warm
from tiny_pipelines import save_if

from inference import POCKET, ImageRequest, ModelUnavailable
from inference.bench import Bench
from inference.denoise import knee, lanes
from inference.families import components
from inference.families.folder import Folder
from inference.families.opening import open_model
from inference.messages import Finished, FromWorker, Previewed, Ready
from inference.models import ModelInfo
from inference.preview import LatentPreview
from inference.readiness import Readiness
from inference.warm_models import WarmModels

# The stock samplers themselves warn, in a test's hands as in anybody's.
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

CPU = torch.device("cpu")


def request(seed: int) -> ImageRequest:
    return ImageRequest(
        prompt="a boat",
        owner="ada",
        model="tiny",
        width=SIDE,
        height=SIDE,
        steps=6,
        guidance_scale=3.0,
        sampler="euler_a",
        seed=seed,
        count=2,
    )


class Made:
    """A bench, and what it said."""

    def __init__(self, *, preview_every: float = 1e9) -> None:
        self.said: list[FromWorker] = []
        self.failed: dict[str, Exception] = {}
        self.bench = Bench(
            preview_every=preview_every, say=self.said.append, fail=self._fail, device=CPU, exact=True
        )

    def _fail(self, job_id: str, error: Exception, _: float) -> None:
        self.failed[job_id] = error

    def run(self) -> dict[str, list[bytes]]:
        while self.bench.busy:
            self.bench.tick()
        return {
            told.job_id: [Image.open(io.BytesIO(image.png)).tobytes() for image in told.images]
            for told in self.said
            if isinstance(told, Finished)
        }


def test_a_step_that_is_tried_again_draws_its_noise_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something fails after the noise was drawn: the pictures are what they are alone."""
    alone = Made()
    alone.bench.begin("1", request(1), warm())
    wanted = alone.run()["1"]
    made, calls = Made(), 0
    held = lanes._with_held

    def failing(*said: object) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise torch.OutOfMemoryError
        return held(*said)  # type: ignore[arg-type]

    monkeypatch.setattr(lanes, "_with_held", failing)
    for number in (1, 2):
        made.bench.begin(str(number), request(number), warm())
    assert made.run()["1"] == wanted
    assert not made.failed


def test_a_preview_that_fails_fails_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is only for looking."""

    def broken(*_: object, **__: object) -> tuple[bytes, ...]:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(LatentPreview, "render", broken)
    made = Made(preview_every=0.0)
    made.bench.begin("1", request(1), warm())
    assert set(made.run()) == {"1"}
    assert not made.failed
    assert not any(isinstance(told, Previewed) for told in made.said)


def test_a_job_that_cannot_begin_leaves_no_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor the group that was made for it."""
    made = Made()

    def full(self: lanes.Lanes, lane: lanes.Lane) -> None:
        if len(self):
            raise torch.OutOfMemoryError
        join(self, lane)

    join = lanes.Lanes.join
    with monkeypatch.context() as patched:
        patched.setattr(lanes.Lanes, "join", full)
        with pytest.raises(torch.OutOfMemoryError):
            made.bench.begin("1", request(1), warm())
    assert not made.bench._making
    assert not made.bench._groups
    made.bench.begin("1", request(1), warm())
    assert set(made.run()) == {"1"}


def test_a_model_that_does_not_fit_beside_another_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept for convenience makes room; where nothing is left to go, it is said."""
    models = WarmModels(CPU)
    small = models.load(POCKET)
    big = replace(POCKET, name="big")
    attempt = WarmModels._attempt

    def tight(self: WarmModels, model: ModelInfo) -> object:
        return torch.OutOfMemoryError() if self._models else attempt(self, model)

    monkeypatch.setattr(WarmModels, "_attempt", tight)
    assert models.load(big) is not small
    assert models.get(POCKET) is None
    monkeypatch.setattr(WarmModels, "_attempt", lambda *_: torch.OutOfMemoryError())
    with pytest.raises(torch.OutOfMemoryError):
        models.load(POCKET)


@pytest.mark.parametrize(("rows", "found"), [(8, 4), (2, 1)])
def test_a_knee_is_found_where_memory_is_small(
    monkeypatch: pytest.MonkeyPatch, rows: int, found: int
) -> None:
    """Sizes that do not fit are none."""
    family = tiny_family("sd-1")
    forward = family.forward

    def small(latents: torch.Tensor, *rest: object) -> torch.Tensor:
        if len(latents) > rows:
            raise torch.OutOfMemoryError
        return forward(latents, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(family, "forward", small)
    monkeypatch.setattr(knee, "PATIENCE", 0.3)
    assert knee.find_knee(family, SIDE, SIDE) == found


def test_every_model_has_slots_of_its_own() -> None:
    """One that runs alone leaves the others theirs."""
    readiness = Readiness(None)
    assert readiness.slots(None) == 1
    for model, slots in (("shared", 8), ("alone", 1)):
        said = Ready(model=model, device="cpu", rate=1.0, knee=slots, knee_of=model)
        readiness.hear(said, learn_rate=lambda _model, _rate: None)
    assert (readiness.slots("shared"), readiness.slots("alone"), readiness.slots("new")) == (8, 1, 1)
    assert readiness.slots(None) == 1


def test_the_parts_of_a_stock_pipeline_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What quickens a shared U-Net is refused by others, such as DeepFloyd IF's."""

    def refused(*_: object) -> None:
        raise AssertionError("laid out anew")

    save_if(tmp_path)
    monkeypatch.setattr(components, "quicken", refused)
    model = ModelInfo(name="if", title="if", source=str(tmp_path), about="", sampler="own")
    assert open_model(model, CPU).name == "IFPipeline"  # type: ignore[union-attr]


@pytest.mark.parametrize("shard", ["evil.bin", "../other.safetensors", "missing.safetensors", 3])
def test_an_index_that_leads_elsewhere_is_refused(tmp_path: Path, shard: object) -> None:
    """To a pickle, out of its folder, or to what is not there."""
    (tmp_path / "vae").mkdir()
    tensors = POCKET_VAE.read_bytes()
    (tmp_path / "vae" / "model-00001-of-00001.safetensors").write_bytes(tensors)
    (tmp_path / "vae" / "evil.bin").write_bytes(b"")
    (tmp_path / "vae" / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": shard}}))
    folder = Folder(replace(POCKET, source=str(tmp_path)), tmp_path)
    with pytest.raises(
        ModelUnavailable, match=r"no safetensors file beside it|missing\.safetensors is missing"
    ):
        folder.require_weights("vae", "model")


def test_a_config_that_asks_for_the_hubs_kernels_is_refused(tmp_path: Path) -> None:
    """The library would fetch and run them."""
    said = {"text_config": {"attn_implementation": "kernels-community/flash-attn"}}
    (tmp_path / "config.json").write_text(json.dumps(said))
    folder = Folder(replace(POCKET, source=str(tmp_path)), tmp_path)
    with pytest.raises(ModelUnavailable, match="asks for code from elsewhere"):
        folder.require_plain_config("config.json")
    (tmp_path / "config.json").write_text(json.dumps({"attn_implementation": "sdpa", "layers": [{}]}))
    folder.require_plain_config("config.json")


POCKET_VAE = Path(POCKET.source) / "vae" / "diffusion_pytorch_model.safetensors"
