"""The form behind ✏️: a request as text that people can change, and that text as an order again."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final, Self

from bot.prompt.aspects import aspect_of
from bot.prompt.grammar import parse
from bot.prompt.order import Aspect, ImageOrder
from bot.prompt.values import read_count
from inference.errors import InvalidRequest
from inference.models import Catalogue
from inference.request import ImageRequest

SETTINGS: Final = "flags, like --steps 20 --scale 7 --sampler euler"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditForm:
    """A request as it was typed, or as somebody would type it; any text, right or wrong.

    Attributes:
        prompt: the words; flags may follow, and win over the other fields.
        negative: what to keep away.
        aspect: the shape, like "3:2".
        count: how many pictures.
        settings: everything else, as flags; what is left out is as suits the model.
    """

    prompt: str
    negative: str
    aspect: str
    count: str
    settings: str

    @classmethod
    def of(cls, request: ImageRequest, *, catalogue: Catalogue, count: int) -> Self:
        """What somebody would type to get such pictures again, but from fresh noise.

        Args:
            request: within the limits as they are now.
            catalogue: the models on offer; where the request's is none any more, the default stands for it.
            count: how many pictures to propose.
        """
        model = catalogue.get(request.model, catalogue.default)
        flags = [
            f"--steps {request.steps}",
            f"--scale {_plain(request.guidance_scale)}",
            f"--sampler {request.sampler}",
        ]
        if request.source is not None:
            flags.append(f"--strength {_plain(request.source.strength)}")
        if len(catalogue) > 1:
            flags.append(f"--model {model.name}")
        return cls(
            prompt=request.prompt,
            negative=request.negative_prompt,
            aspect=str(aspect_of(request.width, request.height, model)),
            count=str(count),
            settings=" ".join(flags),
        )

    def order(self) -> ImageOrder:
        """What is asked for.

        Raises:
            FlagError: a flag in the prompt or the settings will not do.
            InvalidRequest: another field holds what it may not.
        """
        settings = parse(self.settings)
        if settings.prompt:
            raise InvalidRequest("settings", settings.prompt, SETTINGS)
        chosen = ImageOrder(
            prompt="",
            negative=" ".join(self.negative.split()) or None,
            aspect=Aspect.parse(self.aspect),
            count=read_count(self.count),
        )
        return parse(self.prompt).over(settings).over(chosen)

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: object) -> Self | None:
        """The form that `to_json` gave; None for anything else, such as what another version kept."""
        names = [field.name for field in fields(cls)]
        if not isinstance(value, Mapping) or sorted(value) != sorted(names):
            return None
        if not all(isinstance(text, str) for text in value.values()):
            return None
        return cls(**value)


def _plain(number: float) -> str:
    """7.5, 7: as the grammar reads it, without an exponent."""
    return f"{number:.0f}" if math.floor(number) == number else f"{number:.6f}".rstrip("0")
