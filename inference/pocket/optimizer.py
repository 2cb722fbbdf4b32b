"""How the U-Net and the text encoder learn: matrices by Muon, everything else by AdamW."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from torch import nn, optim

_STRIDE: Final = 2.0
"""How much longer Muon's steps are than AdamW's, in root mean square."""


class Optimizer:
    """Muon for matrices and kernels, AdamW for the rest (Jordan 2024, https://kellerjordan.github.io/posts/muon).

    Muon makes every direction of a matrix's update equally long. What is said seldom ("star", "above") thus
    gets through beside what every picture teaches (colours, edges): after as many samples the error is lower
    than AdamW's alone. A convolution's kernel counts as the matrix (out, in × height × width).
    """

    def __init__(self, modules: Iterable[tuple[nn.Module, float]], *, weight_decay: float) -> None:
        """Args: modules: each with its learning rate. Embeddings and what meets latents stay with AdamW."""
        muon: list[dict[str, Any]] = []
        adam: list[dict[str, Any]] = []
        self._kernels: list[tuple[nn.Parameter, nn.Parameter]] = []
        for module, rate in modules:
            matrices = {id(kernel): kernel for kernel in _matrices(module)}
            views = [nn.Parameter(kernel.detach().flatten(1)) for kernel in matrices.values()]
            self._kernels += zip(matrices.values(), views, strict=True)
            muon.append({"params": views, "base": _STRIDE * rate})
            others = [parameter for parameter in module.parameters() if id(parameter) not in matrices]
            adam.append({"params": others, "base": rate})
        self._muon = optim.Muon(muon, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")
        self._adam = optim.AdamW(adam, betas=(0.9, 0.99), weight_decay=weight_decay, fused=True)

    def set_pace(self, share: float) -> None:
        """The learning rates, as a share of their base."""
        for group in (*self._muon.param_groups, *self._adam.param_groups):
            group["lr"] = group["base"] * share

    def zero_grad(self) -> None:
        """Forgets the gradients."""
        self._adam.zero_grad()
        for kernel, view in self._kernels:
            kernel.grad = view.grad = None

    def step(self) -> None:
        """Changes the weights by their gradients."""
        for kernel, view in self._kernels:
            # The view shares the kernel's memory, so what Muon writes is the kernel's.
            view.grad = None if kernel.grad is None else kernel.grad.flatten(1)
        self._muon.step()  # type: ignore[no-untyped-call]
        self._adam.step()

    def state_dict(self) -> dict[str, Any]:
        """What a resumed training needs."""
        return {"muon": self._muon.state_dict(), "adam": self._adam.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes up a saved state.

        Raises:
            KeyError: it is another kind of optimizer's.
        """
        self._muon.load_state_dict(state_dict["muon"])
        self._adam.load_state_dict(state_dict["adam"])


def _matrices(module: nn.Module) -> Iterator[nn.Parameter]:
    """The weights of linear and convolutional layers between hidden states."""
    for name, part in module.named_modules():
        if isinstance(part, nn.Linear | nn.Conv2d) and name not in ("conv_in", "conv_out"):
            yield part.get_parameter("weight")
