"""Small tensors on their way to the device."""

import torch


def sent(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """A tensor of the CPU on the device.

    A GPU fetches it from page-locked memory when its turn comes; otherwise Python would wait for all that was
    given to the GPU before (https://docs.pytorch.org/tutorials/intermediate/pinmem_nonblock.html).
    """
    if device.type != "cuda":
        return tensor.to(device)
    return tensor.pin_memory().to(device, non_blocking=True)
