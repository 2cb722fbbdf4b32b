"""Stock pipelines of other kinds with small random weights, as their own `save_pretrained` writes them."""

from pathlib import Path
from typing import Any

import diffusers
import torch
from transformers import T5Config, T5EncoderModel, T5TokenizerFast

WORDS = ("<pad>", "</s>", "<unk>", "▁a", "▁red", "▁house", "▁boat", "▁star", "▁by", "▁the", "▁sea")


def save_if(folder: Path) -> None:
    """DeepFloyd IF's first stage: pixels, a T5 encoder, DDPM with thresholding and learned variance."""
    torch.manual_seed(3)
    unet = diffusers.UNet2DConditionModel(
        sample_size=64,
        in_channels=3,
        out_channels=6,
        layers_per_block=1,
        block_out_channels=(16, 32),
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        cross_attention_dim=24,
        encoder_hid_dim=24,
        encoder_hid_dim_type="text_proj",
        attention_head_dim=4,
        addition_embed_type="text",
        addition_embed_type_num_heads=2,
        resnet_time_scale_shift="scale_shift",
        act_fn="gelu",
        class_embed_type=None,
        norm_num_groups=4,
    )
    sampler = diffusers.DDPMScheduler(
        beta_schedule="squaredcos_cap_v2",
        thresholding=True,
        dynamic_thresholding_ratio=0.95,
        sample_max_value=1.5,
        prediction_type="epsilon",
        variance_type="learned_range",
    )
    pipeline: Any = diffusers.IFPipeline(
        tokenizer=_tokenizer(),
        text_encoder=_t5(24),
        unet=unet.eval(),
        scheduler=sampler,
        safety_checker=None,
        feature_extractor=None,
        watermarker=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)


def save_pixart(folder: Path) -> None:
    """PixArt: a transformer over latents, a T5 encoder, DPM++."""
    torch.manual_seed(4)
    transformer = diffusers.PixArtTransformer2DModel(
        sample_size=8,
        num_layers=2,
        patch_size=2,
        attention_head_dim=8,
        num_attention_heads=2,
        caption_channels=24,
        in_channels=4,
        cross_attention_dim=16,
        out_channels=8,
        attention_bias=True,
        activation_fn="gelu-approximate",
        num_embeds_ada_norm=1000,
        norm_type="ada_norm_single",
        norm_elementwise_affine=False,
        norm_eps=1e-6,
        use_additional_conditions=False,
    )
    vae = diffusers.AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=4,
    )
    pipeline: Any = diffusers.PixArtAlphaPipeline(
        tokenizer=_tokenizer(),
        text_encoder=_t5(24),
        transformer=transformer.eval(),
        vae=vae.eval(),
        scheduler=diffusers.DPMSolverMultistepScheduler(),
    )
    pipeline.save_pretrained(folder)


def _tokenizer() -> T5TokenizerFast:
    return T5TokenizerFast(
        vocab=[(word, -float(number)) for number, word in enumerate(WORDS)], extra_ids=0, model_max_length=77
    )


def _t5(width: int) -> T5EncoderModel:
    config = T5Config(
        vocab_size=len(WORDS), d_model=width, d_kv=8, d_ff=32, num_layers=2, num_heads=2, pad_token_id=0
    )
    return T5EncoderModel(config).eval()
