"""`/imagine`: option strings become an order, the order becomes pictures."""

from dataclasses import replace

import discord
from discord import app_commands

from bot.client import EaselTree, Interaction
from bot.commands import asking, attached
from bot.commands.acknowledge import acknowledge
from bot.commands.matching import Choice, matching
from bot.delivery import Delivery
from bot.prompt import ASPECTS, Aspect, ImageOrder, parse
from bot.prompt.order import MASK_ALONE
from bot.prompt.values import read_sampler
from bot.studio import Studio
from bot.uploads import UploadReader
from inference import SAMPLERS, InvalidRequest
from inference.request import MAX_COUNT, MAX_GUIDANCE, MAX_STEPS


def add_imagine(
    tree: EaselTree, studio: Studio, delivery: Delivery, *, max_count: int, max_steps: int
) -> None:
    """Register `/imagine`.

    Args:
        max_count: pictures one request may have here.
        max_steps: denoising steps it may have here.
    """
    reader = UploadReader()

    @tree.command(name="imagine", description="Make pictures from words")
    @app_commands.describe(
        prompt="What to show. Flags may follow: --ar 3:2 --seed 7 --no text …",
        image="A picture to begin from: PNG, JPEG or WebP",
        mask="What of that picture to paint anew: white or erased there, black where it stays",
        strength="How far to go from that picture: 0.3 stays near it, 0.8 hardly does",
        negative="What to keep out of the picture",
        aspect="Shape, width to height, like 3:2",
        count="How many pictures",
        seed="Where the noise starts; the same seed makes the same picture",
        steps="Denoising steps: more take longer and may bring detail",
        guidance="How closely to follow the words",
        sampler="Which sampler takes the steps",
        model="Which model paints",
        private="Only you see the answer",
    )
    async def imagine(
        interaction: Interaction,
        prompt: app_commands.Range[str, 1, 4000],
        image: discord.Attachment | None = None,
        mask: discord.Attachment | None = None,
        strength: app_commands.Range[float, 0.0, 1.0] | None = None,
        negative: app_commands.Range[str, 1, 1000] | None = None,
        aspect: str | None = None,
        count: app_commands.Range[int, 1, min(max_count, MAX_COUNT)] | None = None,
        seed: app_commands.Range[int, 0, 2**32 - 1] | None = None,
        steps: app_commands.Range[int, 1, min(max_steps, MAX_STEPS)] | None = None,
        guidance: app_commands.Range[float, 0.0, MAX_GUIDANCE] | None = None,
        sampler: str | None = None,
        model: str | None = None,
        private: bool = False,
    ) -> None:
        ask = asking.read(interaction, private=private)
        if not private:
            asking.require_post_rights(interaction)
        options = ImageOrder(
            prompt="",
            negative=negative,
            aspect=None if aspect is None else Aspect.parse(aspect),
            count=count,
            seed=seed,
            steps=steps,
            guidance=guidance,
            sampler=None if sampler is None else read_sampler(sampler),
            model=model,
            strength=strength,
        )
        order = parse(prompt).over(options)  # what is typed wrong is said before anything is fetched
        if image is None:
            if mask is not None:
                raise InvalidRequest("mask", mask.filename, MASK_ALONE)
            ticket = await studio.imagine(ask, order)
        else:
            async with attached.pictures(
                interaction, image=image, mask=mask, reader=reader, private=private
            ) as (picture, painted):
                ticket = await studio.imagine(ask, replace(order, image=picture, mask=painted))
        await acknowledge(interaction, ticket, studio, delivery)

    @imagine.autocomplete("aspect")
    async def aspects(_interaction: Interaction, current: str) -> list[Choice]:
        return matching(current, ((f"{name} · {about}", name) for name, about in ASPECTS.items()))

    @imagine.autocomplete("sampler")
    async def samplers(_interaction: Interaction, current: str) -> list[Choice]:
        return matching(current, ((f"{s.title} · {s.advice}", s.name) for s in SAMPLERS.values()))

    @imagine.autocomplete("model")
    async def models(_interaction: Interaction, current: str) -> list[Choice]:
        return matching(current, ((f"{m.title} · {m.about}", m.name) for m in studio.catalogue.values()))
