"""Texts are read once for all who say the same."""

import torch
from tiny_models import tiny_components

from inference.families.text import REMEMBERED, TextReader


def test_what_was_read_lately_is_not_read_again() -> None:
    """The same words, weighed the same, cost nothing; what nobody said for long is read anew, to the same."""
    parts = tiny_components("sd-1")
    reader = TextReader(parts.tokenizer, parts.text_encoder, dtype=torch.float32)

    def read(text: str) -> torch.Tensor:
        return reader.embed(reader.read("prompt", text)[0]).hidden

    first = read("a red house")
    assert read("a red house") is first
    assert not torch.equal(read("a (red:1.4) house"), first)
    for number in range(REMEMBERED - 2):
        read(f"house number {number}")
    assert read("a red house") is first
    for number in range(REMEMBERED):
        read(f"boat number {number}")
    again = read("a red house")
    assert again is not first
    assert torch.equal(again, first)
