"""Models of the true kinds with small random weights, and the stock pipelines over the same parts."""

import io
from functools import cache
from typing import Any, Final

import diffusers
import numpy as np
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from PIL import Image
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from inference import POCKET, SAMPLERS, ImageRequest
from inference.families.components import Components, ComponentsXL
from inference.families.stable_diffusion import StableDiffusion
from inference.families.stable_diffusion_xl import StableDiffusionXL
from inference.preview import LatentPreview
from inference.warm_models import WarmFamily

SIDE: Final = 64
KINDS: Final = ("sd-1", "sd-2", "sd-xl")
_LIKE_SD1: Final[dict[str, object]] = {
    "_class_name": "DDIMScheduler",
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
    "clip_sample": False,
}


@cache
def tiny_components(kind: str) -> Components:
    """Like Stable Diffusion 1.x, which answers with noise, 2.x, which answers with velocity, or XL."""
    second, xl = kind == "sd-2", kind == "sd-xl"
    torch.manual_seed(KINDS.index(kind))
    tokenizer = CLIPTokenizer.from_pretrained(f"{POCKET.source}/tokenizer", local_files_only=True)
    encoder = CLIPTextModel(_encoder_config(tokenizer, width=32))
    two_encoders: dict[str, Any] = {
        "cross_attention_dim": 32 + 48,
        "transformer_layers_per_block": (1, 2),
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 8,
        "projection_class_embeddings_input_dim": 6 * 8 + 24,
    }
    unet = UNet2DConditionModel(
        sample_size=SIDE // 8,
        block_out_channels=(16, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4) if second or xl else 4,
        norm_num_groups=8,
        use_linear_projection=second or xl,
        **(two_encoders if xl else {"cross_attention_dim": 32}),
    )
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=4,
    )
    if xl:
        # As its folders have it: the second tokenizer pads with “!”, the second encoder is OpenCLIP's.
        other = CLIPTokenizer.from_pretrained(
            f"{POCKET.source}/tokenizer", local_files_only=True, pad_token="!"
        )
        open_clip = CLIPTextModelWithProjection(
            _encoder_config(other, width=48, hidden_act="gelu", projection_dim=24)
        )
        return ComponentsXL(
            tokenizer=tokenizer,
            text_encoder=_frozen(encoder),
            tokenizer_2=other,
            text_encoder_2=_frozen(open_clip),
            unet=_frozen(unet),
            vae=_frozen(vae),
            sampler_config=_LIKE_SD1,
            zeros_for_empty=True,
        )
    prediction = {"prediction_type": "v_prediction"} if second else {}
    return Components(
        tokenizer=tokenizer,
        text_encoder=_frozen(encoder),
        unet=_frozen(unet),
        vae=_frozen(vae),
        sampler_config=_LIKE_SD1 | prediction,
    )


@cache
def tiny_family(kind: str) -> StableDiffusion:
    """Those components, as Easel runs them."""
    parts = tiny_components(kind)
    device = torch.device("cpu")
    return (
        StableDiffusionXL(parts, device=device)
        if isinstance(parts, ComponentsXL)
        else StableDiffusion(parts, device=device)
    )


@cache
def warm() -> WarmFamily:
    """A tiny model of Stable Diffusion 1.x as a worker keeps it."""
    family = tiny_family("sd-1")
    preview = LatentPreview.fit(family)
    return WarmFamily(family=family, preview=preview, rate=1.0, knee=4, knee_of="tiny", device="cpu")


def _encoder_config(tokenizer: CLIPTokenizer, *, width: int, **more: object) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=tokenizer.model_max_length,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **more,
    )


def _frozen(part: torch.nn.Module) -> torch.nn.Module:
    return part.eval().requires_grad_(requires_grad=False)


def stock_latents(kind: str, request: ImageRequest, index: int) -> Tensor:
    """The final latents of picture `index` from the stock pipeline run alone, (channels, height, width)."""
    parts = tiny_components(kind)
    sampler = SAMPLERS[request.sampler]
    kind = sampler.diffusers_class or str(parts.sampler_config["_class_name"])
    scheduler = getattr(diffusers, kind).from_config(parts.sampler_config, **sampler.options)
    options: dict[str, Any] = {"height": request.height, "width": request.width}
    task = ""
    if request.source is not None:
        options = {"image": _picture(request.source.png), "strength": request.source.strength}
        task = "Img2Img"
        if request.source.mask is not None:
            options |= {"mask_image": _picture(request.source.mask)}
            options |= {"height": request.height, "width": request.width}
            task = "Inpaint"
    if isinstance(parts, ComponentsXL):
        family = "StableDiffusionXL"
        theirs: dict[str, Any] = {
            "tokenizer_2": parts.tokenizer_2,
            "text_encoder_2": parts.text_encoder_2,
            "force_zeros_for_empty_prompt": parts.zeros_for_empty,
            "add_watermarker": False,
        }
    else:
        family = "StableDiffusion"
        theirs = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
    pipeline = getattr(diffusers, f"{family}{task}Pipeline")(
        tokenizer=parts.tokenizer,
        text_encoder=parts.text_encoder,
        unet=parts.unet,
        vae=parts.vae,
        scheduler=scheduler,
        **theirs,
    )
    pipeline.set_progress_bar_config(disable=True)
    made = pipeline(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt or None,
        num_inference_steps=request.steps,
        guidance_scale=request.guidance_scale,
        generator=torch.Generator().manual_seed(request.seed + index),
        eta=0.3 if request.sampler == "tcd" else 0.0,  # the sampler's own default, which the pipeline hides
        output_type="latent",
        **options,
    )
    latents: Tensor = made.images[0]
    return latents


def png(pixels: "np.typing.NDArray[np.uint8]") -> bytes:
    """A PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()


def _picture(file: bytes) -> Image.Image:
    return Image.open(io.BytesIO(file)).convert("RGB")
