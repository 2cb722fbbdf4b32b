"""The catalogue: which models there are, where each comes from, and what suits it. No torch here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from inference.errors import InvalidRequest
from inference.samplers import SAMPLERS

Precision = Literal["auto", "float32", "float16", "bfloat16"]

POCKET_FOLDER: Final = Path(__file__).parent / "pocket" / "weights"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """One model and the settings that suit it.

    Attributes:
        name: what people type.
        title: what people read.
        source: a folder in diffusers layout, or a hub id `owner/name`; what it holds says which code runs it.
        revision: the hub commit to pin; None for a folder.
        licence: its licence's short name, shown by `easel models`.
        about: one line of advice.
        width: pixels of its native picture; other shapes keep this area.
        height: pixels, likewise.
        max_pixels: the most pixels one picture may have.
        steps: what suits it when nobody says.
        guidance_scale: likewise.
        sampler: likewise; a name in `SAMPLERS`.
        precision: of the weights while they run; "auto" is bfloat16 or float16 on a GPU, bfloat16 on a CPU
            that computes in it, float32 on any other.
        preview_vae: a folder or a hub id with a tiny autoencoder (diffusers' `AutoencoderTiny`) of the same
            latents, for sharper previews; None for a map from latents to colours, fitted when the model is
            loaded. Of Stable Diffusion models alone.
    """

    name: str
    title: str
    source: str
    about: str
    revision: str | None = None
    licence: str = "unknown"
    width: int = 512
    height: int = 512
    max_pixels: int = 1024 * 1024
    steps: int = 30
    guidance_scale: float = 7.5
    sampler: str = "dpmpp_2m_karras"
    precision: Precision = "auto"
    preview_vae: str | None = None

    def __post_init__(self) -> None:
        if self.sampler not in SAMPLERS:
            raise InvalidRequest("sampler", self.sampler, f"one of {', '.join(SAMPLERS)}")


class Catalogue(Mapping[str, ModelInfo]):
    """Models by name, in the order to show them; the first is the default."""

    def __init__(self, models: Iterable[ModelInfo]) -> None:
        self._models = {model.name: model for model in models}
        if not self._models:
            raise InvalidRequest("models", [], "at least one model")

    def __getitem__(self, name: str) -> ModelInfo:
        return self._models[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    @property
    def default(self) -> ModelInfo:
        return next(iter(self._models.values()))

    def require(self, name: str) -> ModelInfo:
        """The model called `name`.

        Raises:
            InvalidRequest: there is none; the message lists those there are.
        """
        try:
            return self._models[name]
        except KeyError:
            raise InvalidRequest("model", name, f"one of {', '.join(self)}") from None


POCKET: Final = ModelInfo(
    name="pocket",
    title="Pocket",
    source=str(POCKET_FOLDER),
    about="Tiny and bundled: simple flat illustrations in seconds, on any machine.",
    licence="MIT",
    width=128,
    height=128,
    max_pixels=256 * 256,
    steps=20,
    guidance_scale=2.0,
    sampler="dpmpp_2m_karras",
    precision="float32",  # so that a seed gives the same picture on every machine
)

KNOWN_MODELS: Final = (
    POCKET,
    ModelInfo(
        name="sd-1.4",
        title="Stable Diffusion 1.4",
        source="CompVis/stable-diffusion-v1-4",
        revision="133a221b8aa7292a167afc5127cb63fb5005638b",
        about="The model that started it; photographs, paintings, anything.",
        licence="CreativeML OpenRAIL-M",
        steps=50,
        sampler="lms",
    ),
    ModelInfo(
        name="sd-1.5",
        title="Stable Diffusion 1.5",
        source="stable-diffusion-v1-5/stable-diffusion-v1-5",
        revision="451f4fe16113bff5a5d2269ed5ad43b0592e9a14",
        about="The one most styles were made for.",
        licence="CreativeML OpenRAIL-M",
    ),
    ModelInfo(
        name="sdxl-1.0",
        title="Stable Diffusion XL 1.0",
        source="stabilityai/stable-diffusion-xl-base-1.0",
        revision="462165984030d82259a11f4367a4eed129e94a7b",
        about="Large and detailed pictures, better at composition; wants a GPU with 12 GB or more.",
        licence="CreativeML Open RAIL++-M",
        width=1024,
        height=1024,
        max_pixels=1536 * 1536,
        guidance_scale=5.0,
    ),
)
"""What Easel knows by name. Which of them a team offers is `models.offer` in the config."""


def shares_forwards(pipeline: object) -> bool:
    """Whether a stock pipeline of that name is of Stable Diffusion 1.x, 2.x or XL; others run alone."""
    return (
        isinstance(pipeline, str)
        and pipeline.startswith("StableDiffusion")
        and not pipeline.startswith("StableDiffusion3")
    )
