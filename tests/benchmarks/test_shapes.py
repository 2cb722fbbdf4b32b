"""Models of the true sizes: their parameters are counted, nothing is computed."""

import pytest
import torch

from benchmarks.shapes import autoencoder, unet


@pytest.mark.parametrize(("shape", "parameters"), [("sd15", 859_520_964), ("sdxl", 2_567_463_684)])
def test_the_unets_are_as_large_as_the_real_ones(shape: str, parameters: int) -> None:
    """To the last parameter of what the models' own files hold."""
    with torch.device("meta"):
        assert sum(weight.numel() for weight in unet(shape).parameters()) == parameters


def test_the_autoencoder_is_as_large_as_the_real_one() -> None:
    """Likewise."""
    with torch.device("meta"):
        assert sum(weight.numel() for weight in autoencoder().parameters()) == 83_653_863
