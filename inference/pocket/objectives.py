"""What each part is trained to do. Every formula names the paper it comes from."""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, cross_entropy, normalize


def reconstruction_loss(output: Tensor, target: Tensor, *, edges: float) -> Tensor:
    """How far a picture is from the one it should be: L1 + MSE + `edges` × L1 of its gradients at two scales.

    The likelihood term of a variational autoencoder (Kingma & Welling 2013, https://arxiv.org/abs/1312.6114,
    equation 10) with the gradient difference loss of Mathieu et al. 2015 (https://arxiv.org/abs/1511.05440,
    section 3.3): L1 alone blurs edges, and edges are what a flat illustration is made of.

    Args:
        output, target: (batch, 3, height, width) in [-1, 1].
        edges: the weight of the gradients.
    """
    difference = output - target
    loss = difference.abs().mean() + difference.square().mean()
    for _ in range(2):
        across = difference[..., 1:] - difference[..., :-1]
        down = difference[..., 1:, :] - difference[..., :-1, :]
        loss = loss + edges * (across.abs().mean() + down.abs().mean())
        difference = avg_pool2d(difference, 2)
    return loss


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, variance) ‖ N(0, 1)) a latent number, in nats (Kingma & Welling 2013, appendix B).

    Its weight is β (Higgins et al. 2017, https://openreview.net/forum?id=Sy2fzU9gl). A light one (β ≪ 1) only
    keeps the latents near zero and of one scale, as latent diffusion wants (Rombach et al. 2022,
    https://arxiv.org/abs/2112.10752, section 3.1).
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()


def contrastive_loss(images: Tensor, texts: Tensor, scale: Tensor) -> Tensor:
    """CLIP's objective: every picture finds its caption among the batch, and every caption its picture.

    Radford et al. 2021 (https://arxiv.org/abs/2103.00020), figure 3.

    Args:
        images, texts: (batch, dimensions), row i of one belonging to row i of the other.
        scale: the logarithm of the inverse temperature.
    """
    logits = scale.exp() * normalize(images, dim=-1) @ normalize(texts, dim=-1).T
    own = torch.arange(len(logits), device=logits.device)
    return (cross_entropy(logits, own) + cross_entropy(logits.T, own)) / 2


def noised(latents: Tensor, noise: Tensor, alpha_bar: Tensor) -> Tensor:
    """x_t = √ᾱ·x₀ + √(1 − ᾱ)·ε, the forward process.

    Ho et al. 2020 (https://arxiv.org/abs/2006.11239), equation 4.

    Args:
        latents, noise: (batch, channels, height, width).
        alpha_bar: (batch,), ᾱ at each picture's own timestep.
    """
    share = alpha_bar[:, None, None, None]
    return share.sqrt() * latents + (1 - share).sqrt() * noise


def velocity(latents: Tensor, noise: Tensor, alpha_bar: Tensor) -> Tensor:
    """V = √ᾱ·ε − √(1 − ᾱ)·x₀, what the U-Net predicts (Salimans & Ho 2022, https://arxiv.org/abs/2202.00512).

    Predicting ε is the older choice, and says nothing at zero SNR, where the input is ε itself; v does.
    """
    share = alpha_bar[:, None, None, None]
    return share.sqrt() * noise - (1 - share).sqrt() * latents


def without_captions(tokens: Tensor, empty: Tensor, draws: Tensor, *, share: float) -> Tensor:
    """Some captions replaced by the empty one, so that guidance has something to point away from.

    Classifier-free guidance, Ho & Salimans 2022 (https://arxiv.org/abs/2207.12598), algorithm 1.

    Args:
        tokens: int64, (batch, length).
        empty: int64, (length,), the empty caption.
        draws: (batch,), uniform in [0, 1).
        share: how many lose theirs, in [0, 1].
    """
    return torch.where((draws < share)[:, None], empty, tokens)
