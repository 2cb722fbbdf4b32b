"""Jobs as the store's tests accept them."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.store import JobKind, NewJob
from inference.job import ImageResult
from inference.request import ImageRequest, Variation

ASKED = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
GUILD, CHANNEL, ADA, BEN = 10, 20, 30, 31
REQUEST = ImageRequest(
    prompt="a red house\0 by the sea",
    owner="10:30",
    model="pocket",
    width=128,
    height=128,
    steps=20,
    guidance_scale=3.5,
    sampler="ddim",
    seed=2**32 - 1,
    count=2,
    negative_prompt="text",
    variations=(Variation(seed=5, strength=0.25),),
)
FIRST = NewJob(
    kind=JobKind.IMAGINE,
    request=REQUEST,
    interaction_id=2**62,
    application_id=1,
    token="secret",
    guild_id=GUILD,
    channel_id=CHANNEL,
    user_id=ADA,
    private=False,
    asked_at=ASKED,
    price=10.0,
    attachment_limit=10 * 1024**2,
)


def job(interaction: int, **changes: object) -> NewJob:
    return replace(FIRST, id=f"{interaction:0>12}", interaction_id=interaction, **changes)  # type: ignore[arg-type]


def picture(index: int, content: bytes = b"png") -> ImageResult:
    return ImageResult(index=index, seed=index + 1, width=128, height=96, png=content + bytes([index]))
