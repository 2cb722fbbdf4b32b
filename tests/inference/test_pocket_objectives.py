"""What the parts of the pocket model are trained to do, checked against stock diffusers and torch."""

import math

import torch
from diffusers import DDIMScheduler
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from torch.testing import assert_close

from inference.pocket.objectives import (
    contrastive_loss,
    kl_divergence,
    noised,
    reconstruction_loss,
    velocity,
    without_captions,
)
from inference.pocket.unet import sampler


def _numbers(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_noising_and_velocity_are_those_of_stock_diffusers() -> None:
    """At every timestep, the first and the last included."""
    stock: DDIMScheduler = sampler()
    latents, noise = _numbers(5, 4, 16, 16), _numbers(5, 4, 16, 16, seed=1)
    times = torch.tensor([0, 1, 500, 998, 999])
    bars = stock.alphas_cumprod[times]
    assert_close(noised(latents, noise, bars), stock.add_noise(latents, noise, times))
    assert_close(velocity(latents, noise, bars), stock.get_velocity(latents, noise, times))


def test_the_last_timestep_is_pure_noise() -> None:
    """Zero terminal SNR: nothing of the picture is left, and the velocity is the picture itself."""
    bar = sampler().alphas_cumprod[-1:]
    latents, noise = _numbers(1, 4, 8, 8), _numbers(1, 4, 8, 8, seed=1)
    assert_close(noised(latents, noise, bar), noise)
    assert_close(velocity(latents, noise, bar), -latents)


def test_the_divergence_is_that_of_stock_diffusers() -> None:
    """Per number, where diffusers gives the sum."""
    moments = _numbers(2, 8, 4, 4)
    stock = DiagonalGaussianDistribution(moments)
    ours = kl_divergence(stock.mean, stock.logvar)
    assert_close(ours, stock.kl().mean() / (4 * 4 * 4))
    assert kl_divergence(torch.zeros(3), torch.zeros(3)) == 0


def test_a_perfect_reconstruction_costs_nothing_and_a_blurred_edge_more_than_a_pale_one() -> None:
    """The gradients' part of the loss asks for edges."""
    target = torch.zeros(1, 3, 32, 32)
    target[..., 16:] = 1.0
    assert reconstruction_loss(target, target, edges=0.4) == 0
    blurred = target.clone()
    blurred[..., 12:20] = torch.linspace(0, 1, 8)
    pale = target + (blurred - target).abs().mean()
    assert reconstruction_loss(blurred, target, edges=0.4) > reconstruction_loss(pale, target, edges=0.4)


def test_contrast_is_least_where_each_picture_meets_its_own_caption() -> None:
    """Matching rows cost almost nothing at a high scale; strangers cost the logarithm of the batch."""
    rows = torch.eye(8)
    hot, cold = torch.tensor(math.log(100.0)), torch.tensor(-20.0)
    assert contrastive_loss(rows, rows, hot) < 1e-6
    assert contrastive_loss(rows, rows.roll(1, 0), hot) > 50
    assert_close(contrastive_loss(rows, rows, cold), torch.tensor(math.log(8.0)), atol=1e-4, rtol=0.0)


def test_the_asked_share_of_captions_is_emptied() -> None:
    """Those whose draw falls below the share, whole captions, and no others."""
    tokens, empty = torch.arange(12).view(4, 3), torch.full((3,), -1)
    draws = torch.tensor([0.05, 0.1, 0.0, 0.9])
    assert without_captions(tokens, empty, draws, share=0.1).tolist() == [
        [-1, -1, -1],
        [3, 4, 5],
        [-1, -1, -1],
        [9, 10, 11],
    ]
