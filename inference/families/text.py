"""What a text says to a U-Net: tokens in chunks as long as the text encoder reads, weighed and encoded."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from inference.families.emphasis import weighted

MOST_CHUNKS: Final = 8
"""What is longer is cut: beyond some hundred words nothing is heard any more."""

REMEMBERED: Final = 64
"""Texts whose embeddings are kept: a quarter or half a megabyte each, or a few where a text is long."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """As many tokens as the text encoder reads, those of start, end and padding included.

    Attributes:
        ids: token ids.
        weights: how much each counts.
    """

    ids: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """What a text encoder makes of a text.

    Attributes:
        hidden: (chunks · tokens, width), a vector for each token, times its weight.
        pooled: (width,), one for the whole first chunk, unweighed; None from encoders without a projection.
    """

    hidden: Tensor
    pooled: Tensor | None


class TextReader:
    """A tokenizer and a text encoder of CLIP's kind.

    Args:
        tokenizer: `CLIPTokenizer`.
        encoder: `CLIPTextModel`, or `CLIPTextModelWithProjection`.
        dtype: of the embeddings.
        penultimate: what the last layer but one says counts, without the last normalization, as Stable
            Diffusion XL has it (Podell et al. 2023); otherwise the last layer.
    """

    def __init__(
        self,
        tokenizer: Any,  # noqa: ANN401 - untyped there
        encoder: Any,  # noqa: ANN401
        *,
        dtype: torch.dtype,
        penultimate: bool = False,
    ) -> None:
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._dtype = dtype
        self._penultimate = penultimate
        self._embedded: OrderedDict[tuple[Chunk, ...], Embedded] = OrderedDict()

    @property
    def room(self) -> int:
        """Tokens of text in a chunk: a start and an end are always there."""
        return int(self._tokenizer.model_max_length) - 2

    def read(self, field: str, text: str) -> tuple[tuple[Chunk, ...], tuple[str, ...]]:
        """The chunks of a text, one at least, and what of `field` had to be left out, a sentence."""
        ids: list[int] = []
        weights: list[float] = []
        for piece in weighted(text):
            found = self._tokenizer(piece.text, add_special_tokens=False).input_ids
            ids += found
            weights += [piece.weight] * len(found)
        most = self.room * MOST_CHUNKS
        starts = range(0, max(1, min(len(ids), most)), self.room)
        chunks = tuple(
            self._chunk(ids[start : start + self.room], weights[start : start + self.room])
            for start in starts
        )
        return chunks, self._left_out(field, ids[most:], most)

    def embed(self, chunks: tuple[Chunk, ...]) -> Embedded:
        """What the encoder makes of it.

        What was read lately is remembered: rerolls and variations say the same again, and many people share
        a negative prompt.
        """
        embedded = self._embedded.pop(chunks, None)
        if embedded is None:
            embedded = self._encode(chunks)
        self._embedded[chunks] = embedded
        if len(self._embedded) > REMEMBERED:
            self._embedded.popitem(last=False)
        return embedded

    @torch.inference_mode()
    def _encode(self, chunks: tuple[Chunk, ...]) -> Embedded:
        """Weights would also change how loud the text is as a whole: its mean is put back to what it was."""
        ids = torch.tensor([chunk.ids for chunk in chunks], device=self._encoder.device)
        said = self._encoder(ids, attention_mask=self._masks(chunks), output_hidden_states=self._penultimate)
        hidden: Tensor = said.hidden_states[-2] if self._penultimate else said.last_hidden_state
        pooled: Tensor | None = getattr(said, "text_embeds", None)
        if any(weight != 1.0 for chunk in chunks for weight in chunk.weights):
            factors = torch.tensor(
                [chunk.weights for chunk in chunks], device=ids.device, dtype=torch.float32
            )
            weighed = hidden.float() * factors[..., None]
            hidden = weighed * (hidden.float().mean() / weighed.mean())
        return Embedded(
            hidden.flatten(0, 1).to(self._dtype), None if pooled is None else pooled[0].to(self._dtype)
        )

    def empty(self) -> Chunk:
        """A chunk that says nothing."""
        return self._chunk([], [])

    def _chunk(self, ids: list[int], weights: list[float]) -> Chunk:
        start, end, pad = (
            self._tokenizer.bos_token_id,
            self._tokenizer.eos_token_id,
            self._tokenizer.pad_token_id,
        )
        padding = self.room - len(ids)
        return Chunk(
            ids=(start, *ids, end, *([pad] * padding)), weights=(1.0, *weights, 1.0, *([1.0] * padding))
        )

    def _masks(self, chunks: tuple[Chunk, ...]) -> Tensor | None:
        """1 for what is text, start and end included; for encoders that were trained to ignore padding.

        The stock pipeline of Stable Diffusion XL never asks.
        """
        if self._penultimate or not getattr(self._encoder.config, "use_attention_mask", False):
            return None
        ends = [chunk.ids.index(self._tokenizer.eos_token_id, 1) for chunk in chunks]
        masks = [
            [int(at <= end) for at in range(len(chunk.ids))] for chunk, end in zip(chunks, ends, strict=True)
        ]
        return torch.tensor(masks, device=self._encoder.device)

    def _left_out(self, field: str, ids: list[int], most: int) -> tuple[str, ...]:
        if not ids:
            return ()
        lost = self._tokenizer.decode(ids).strip()
        shown = lost if len(lost) <= 80 else f"{lost[:79]}…"
        return (f"The {field} was cut after {most} tokens, all that is read; it left out “{shown}”.",)
