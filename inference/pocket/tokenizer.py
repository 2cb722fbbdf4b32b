"""Stage 1: the words. A CLIP tokenizer with the merges that these captions need, and every byte besides."""

import json
import random
from pathlib import Path
from typing import Final

import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch import Tensor
from transformers import CLIPTokenizer

from inference.pocket import dataset

MERGES: Final = 900
LENGTH: Final = 40
"""Tokens that the text encoder reads, those of start and end included."""
_START, _END = "<|startoftext|>", "<|endoftext|>"
_WORDS: Final = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
"""How CLIP splits text before merging (openai/CLIP, simple_tokenizer.py)."""


def train(folder: Path, *, seed: int) -> CLIPTokenizer:
    """Learns byte-pair merges from the captions and saves the tokenizer in CLIP's layout.

    Byte-level, as CLIP's own: whatever is typed becomes tokens, and none of them is unknown.
    """
    captions = [words for several in dataset.captions(folder, "train") for words in several]
    some = random.Random(seed).sample(captions, min(len(captions), 100_000))
    bpe = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix="</w>"))
    bpe.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=2 * len(alphabet) + MERGES,
        min_frequency=20,
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    bpe.train_from_iterator(some, trainer)
    learnt = json.loads(bpe.to_str())["model"]
    merges = [tuple(pair) if isinstance(pair, list) else tuple(pair.split(" ")) for pair in learnt["merges"]]
    return _save(folder / "tokenizer", alphabet, merges)


def _save(folder: Path, alphabet: list[str], merges: list[tuple[str, ...]]) -> CLIPTokenizer:
    """CLIP's order: bytes, bytes that end a word, merges, then start and end of text."""
    names = [*alphabet, *(f"{byte}</w>" for byte in alphabet), *("".join(pair) for pair in merges)]
    vocabulary = {name: number for number, name in enumerate(dict.fromkeys([*names, _START, _END]))}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n")
    tokenizer = CLIPTokenizer(
        vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"), model_max_length=LENGTH
    )
    tokenizer.save_pretrained(folder)
    return tokenizer


def load(folder: Path) -> CLIPTokenizer:
    """The tokenizer that `train` has saved."""
    return CLIPTokenizer.from_pretrained(folder / "tokenizer")


def tokens(folder: Path, split: dataset.Split) -> Tensor:
    """A split's captions, int16, (count, CAPTIONS, LENGTH)."""
    flat = [wording for several in dataset.captions(folder, split) for wording in several]
    ids = load(folder)(flat, padding="max_length", truncation=True, max_length=LENGTH).input_ids
    return torch.tensor(ids, dtype=torch.int16).view(-1, dataset.CAPTIONS, LENGTH)
