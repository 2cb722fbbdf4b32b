"""Puts the parts of the Discord side together: use cases, commands, panels, and who tells whom."""

import secrets
from dataclasses import dataclass

from bot.client import EaselClient
from bot.commands.desk import Desk
from bot.commands.editing import Editing
from bot.commands.help import add_help
from bot.commands.imagine import add_imagine
from bot.commands.moderate import add_audit, add_moderate, add_settings
from bot.commands.presses import JobPresses
from bot.commands.queue import add_queue
from bot.commands.quota_group import add_quota
from bot.config import Settings
from bot.delivery import Delivery
from bot.log_channel import LogChannel
from bot.moderation import Moderation
from bot.ops.wire_tap import WireTap
from bot.pacing import Pacing
from bot.post import Post
from bot.store import Store
from bot.studio import Studio
from bot.warden import Warden
from inference import Engine
from inference.request import SEEDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What `_assemble` puts together."""

    client: EaselClient
    studio: Studio
    delivery: Delivery
    warden: Warden
    log_channel: LogChannel
    desk: Desk


def assemble(settings: Settings, store: Store, engine: Engine, pace: float, tap: WireTap) -> Parts:
    client = EaselClient(store=store, test_guilds=settings.discord.test_guilds, trace=tap.trace())
    studio = Studio(
        store=store,
        engine=engine,
        catalogue=settings.catalogue(),
        limits=settings.limits,
        fresh_seed=lambda: secrets.randbelow(SEEDS),
    )
    pacing = Pacing(invalid=lambda: tap.invalid)
    post = Post(client, pacing=pacing, now=tap.time.now)
    delivery = Delivery(
        store=store,
        post=post,
        studio=studio,
        timings=client.timings,
        pace=pace,
        previews=settings.engine.previews,
    )
    warden = Warden(store=store, engine=engine, delivery=delivery, post=post)
    log_channel = LogChannel(client, store=store, pacing=pacing)
    moderation = Moderation(store=store, jobs=delivery, warden=warden, log_channel=log_channel)
    editing = Editing(studio=studio, delivery=delivery, store=store, limits=settings.limits)
    presses = JobPresses(studio=studio, delivery=delivery, store=store, post=post, editing=editing)
    keep = settings.storage.keep
    desk = Desk(
        moderation=moderation,
        studio=studio,
        pacing=pacing,
        studio_days=None if keep is None else keep.days,
    )
    client.connect_studio(presses, delivery, desk)
    add_imagine(
        client.tree,
        studio,
        delivery,
        max_count=settings.limits.max_count,
        max_steps=settings.limits.max_steps,
    )
    add_queue(client.tree, studio, delivery)
    add_quota(client.tree, studio, moderation)
    add_moderate(client.tree, moderation, desk, post)
    add_settings(client.tree, desk)
    add_audit(client.tree, moderation, desk)
    add_help(client.tree, studio)
    return Parts(
        client=client,
        studio=studio,
        delivery=delivery,
        warden=warden,
        log_channel=log_channel,
        desk=desk,
    )
