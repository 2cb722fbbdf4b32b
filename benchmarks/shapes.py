"""Models of the true sizes with random weights, to measure speed with: nobody looks at what they draw."""

from pathlib import Path
from typing import Any, Final, Literal

import diffusers
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from inference import POCKET, ModelInfo

Shape = Literal["pocket", "sd15", "sdxl"]

_SAMPLER: Final = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
}
_SIZES: Final = {"sd15": 512, "sdxl": 1024}
_UNETS: Final[dict[str, dict[str, Any]]] = {
    # https://huggingface.co/stable-diffusion-v1-5/stable-diffusion-v1-5/blob/main/unet/config.json
    "sd15": {"sample_size": 64, "cross_attention_dim": 768},
    # https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/unet/config.json
    "sdxl": {
        "sample_size": 128,
        "cross_attention_dim": 2048,
        "block_out_channels": (320, 640, 1280),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "transformer_layers_per_block": (1, 2, 10),
        "attention_head_dim": (5, 10, 20),
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
    },
}


def unet(shape: str) -> UNet2DConditionModel:
    """An untrained U-Net of that model's own size."""
    return UNet2DConditionModel(**_UNETS[shape])


def autoencoder() -> AutoencoderKL:
    """An untrained VAE of the size that all of them have."""
    return AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        latent_channels=4,
    )


def model_of(shape: Shape, folder: Path) -> ModelInfo:
    """The model to measure; but for the bundled one, it is written into `folder`, in bfloat16."""
    if shape == "pocket":
        return POCKET
    torch.manual_seed(0)
    tokenizer = CLIPTokenizer.from_pretrained(
        f"{POCKET.source}/tokenizer", local_files_only=True, model_max_length=77
    )
    parts: dict[str, Any] = {
        "tokenizer": tokenizer,
        "text_encoder": CLIPTextModel(_encoder(768, layers=12)),
        "unet": unet(shape),
        "vae": autoencoder(),
        "scheduler": diffusers.PNDMScheduler.from_config({**_SAMPLER, "skip_prk_steps": True}),
    }
    if shape == "sdxl":
        parts |= {
            "tokenizer_2": tokenizer,
            "text_encoder_2": CLIPTextModelWithProjection(_encoder(1280, layers=32)),
        }
        pipeline = diffusers.StableDiffusionXLPipeline(**parts, add_watermarker=False)
    else:
        pipeline = diffusers.StableDiffusionPipeline(
            **parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False
        )
    pipeline.to(torch.bfloat16).save_pretrained(folder)
    return ModelInfo(
        name=shape,
        title=shape,
        source=str(folder),
        about="Random weights.",
        width=_SIZES[shape],
        height=_SIZES[shape],
        max_pixels=_SIZES[shape] ** 2,
    )


def _encoder(width: int, *, layers: int) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=49408,
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=width // 64,
        max_position_embeddings=77,
        projection_dim=width,
        hidden_act="quick_gelu" if width == 768 else "gelu",
    )
