"""Stable Diffusion XL (Podell et al. 2023, https://arxiv.org/abs/2307.01952): two encoders, and sizes."""

from collections.abc import Sequence

import torch

from inference.denoise.lanes import Conditioning
from inference.families.components import ComponentsXL
from inference.families.stable_diffusion import StableDiffusion, embedded
from inference.families.text import Embedded, TextReader


class StableDiffusionXL(StableDiffusion):
    """A loaded base model. Two encoders read every text for it, and it is told of the picture's size.

    Where a text is longer than one chunk, its vector as a whole is the first chunk's.
    """

    def __init__(self, components: ComponentsXL, *, device: torch.device) -> None:
        super().__init__(components, device=device)
        pairs = (
            (components.tokenizer, components.text_encoder),
            (components.tokenizer_2, components.text_encoder_2),
        )
        self._readers = [
            TextReader(tokenizer, encoder, dtype=self._unet.dtype, penultimate=True)
            for tokenizer, encoder in pairs
        ]
        self._zeros_for_empty = components.zeros_for_empty

    def conditionings(
        self, prompt: str, negative: str | None, *, width: int, height: int
    ) -> tuple[Conditioning, Conditioning | None, tuple[str, ...]]:
        """As for `StableDiffusion`; no negative prompt is zeros where the model was trained so."""
        texts, notes = embedded(self._readers, prompt, negative)
        # Original size, where the crop begins, and target size (section 2.2): as if nothing had been cropped.
        sizes = torch.tensor((height, width, 0, 0, height, width), dtype=torch.float32, device=self.device)
        prompted, *unwanted = (_side_by_side(each) for each in texts)
        if unwanted and not negative and self._zeros_for_empty:
            unwanted = [(torch.zeros_like(hidden), torch.zeros_like(pooled)) for hidden, pooled in unwanted]
        prompt_says, *negative_says = (
            Conditioning(hidden=hidden, pooled=pooled, size_ids=sizes)
            for hidden, pooled in (prompted, *unwanted)
        )
        return prompt_says, negative_says[0] if negative_says else None, notes


def _side_by_side(texts: Sequence[Embedded]) -> tuple[torch.Tensor, torch.Tensor]:
    """The encoders' vectors for each token joined, and the last one's for the whole."""
    pooled = texts[-1].pooled
    if pooled is None:
        raise TypeError("the second text encoder has no projection")
    return torch.cat([text.hidden for text in texts], dim=-1), pooled
