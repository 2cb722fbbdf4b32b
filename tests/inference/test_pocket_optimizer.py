"""Muon and AdamW side by side: every weight learns by one of them, and a resumed training goes on."""

import copy

import torch
from torch import nn
from torch.nn.functional import mse_loss

from inference.pocket.optimizer import Optimizer


class _Small(nn.Module):
    """A kernel, a matrix, an embedding, a norm, and the layer that meets the latents."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(4, 8)
        self.conv_in = nn.Conv2d(3, 8, 1)
        self.kernel = nn.Conv2d(8, 8, 3, padding=1)
        self.norm = nn.GroupNorm(2, 8)
        self.matrix = nn.Linear(8, 3)

    def forward(self, pixels: torch.Tensor, word: torch.Tensor) -> torch.Tensor:
        hidden = self.norm(self.kernel(self.conv_in(pixels) + self.words(word)[:, :, None, None]))
        answer: torch.Tensor = self.matrix(hidden.movedim(1, -1))
        return answer


def _learn(model: _Small, optimizer: Optimizer, steps: range) -> float:
    error = torch.zeros(())
    for step in steps:
        rng = torch.Generator().manual_seed(step)
        pixels, word = torch.randn(2, 3, 4, 4, generator=rng), torch.randint(4, (2,), generator=rng)
        optimizer.set_pace(1.0)
        optimizer.zero_grad()
        error = mse_loss(model(pixels, word), pixels.movedim(1, -1) * (word - 1.5)[:, None, None, None])
        torch.autograd.backward(error)
        optimizer.step()
    return float(error.detach())


def _pair() -> tuple[_Small, Optimizer]:
    torch.manual_seed(0)
    model = _Small()
    return model, Optimizer([(model, 1e-2)], weight_decay=0.0)


def test_every_weight_learns() -> None:
    """Each parameter moves, whichever of the two optimizers it belongs to, and the error falls."""
    model, optimizer = _pair()
    before = copy.deepcopy(model.state_dict())
    first = _learn(model, optimizer, range(1))
    assert all(not torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert _learn(model, optimizer, range(1, 300)) < first


def test_a_matrix_is_turned_in_all_directions_alike() -> None:
    """Muon's update of a kernel has singular values near each other, however lopsided its gradient."""
    model, optimizer = _pair()
    before = model.kernel.weight.detach().clone()
    optimizer.set_pace(1.0)
    lopsided = torch.linspace(0.02, 1, 8)[:, None] * torch.linalg.qr(torch.randn(72, 8))[0].T
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    model.kernel.weight.grad = lopsided.reshape(8, 8, 3, 3)
    optimizer.step()
    values = torch.linalg.svdvals((model.kernel.weight.detach() - before).flatten(1))
    assert float(values.max() / values.min()) < 3


def test_a_saved_state_goes_on_as_it_would_have() -> None:
    """Weights after 20 steps are those of 10 steps, saving, loading and 10 more."""
    whole, optimizer = _pair()
    _learn(whole, optimizer, range(20))
    half, first = _pair()
    _learn(half, first, range(10))
    resumed, second = _pair()
    resumed.load_state_dict(half.state_dict())
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    _learn(resumed, second, range(10, 20))
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], value, msg=name)
