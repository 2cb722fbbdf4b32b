"""The world, its ids and permissions; and the rules under any input at all."""

import contextlib
import itertools
import json
from typing import Any

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trial_bot import TrialBot

from bot.playground import Clock, LoopbackDiscord, Permission, Upload, World
from bot.playground.api_error import ApiError
from bot.playground.command_rules import check_command
from bot.playground.draft import Drafting
from bot.playground.endpoint import point_discord_py_at
from bot.playground.form import Form
from bot.playground.modal_rules import check_modal
from bot.playground.pictures import size_of
from bot.playground.snowflakes import Snowflakes, moment_of

KEYS = st.sampled_from(
    [
        *("type", "content", "embeds", "components", "flags", "attachments", "id", "items", "media", "url"),
        *("description", "custom_id", "label", "style", "options", "value", "name", "accessory", "component"),
        *("fields", "footer", "text", "choices", "required", "autocomplete", "file", "title", "emoji"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-2, 40) | st.floats(allow_nan=False) | st.text(max_size=5)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)
KINDS = st.fixed_dictionaries({"type": st.integers(0, 24)}, optional={"id": st.integers(0, 3)})
COMPONENTS = st.recursive(
    st.tuples(KINDS, st.dictionaries(KEYS, ANYTHING, max_size=3)).map(lambda each: each[1] | each[0]),
    lambda inner: st.tuples(
        KINDS,
        st.dictionaries(
            st.sampled_from(["components", "accessory", "component", "items", "options"]),
            inner | st.lists(inner, max_size=3),
            max_size=2,
        ),
    ).map(lambda each: each[1] | each[0]),
    max_leaves=8,
)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FORMS = st.dictionaries(KEYS, ANYTHING, max_size=8)


@UNHURRIED
@given(FORMS, st.lists(COMPONENTS, max_size=3), st.booleans())
def test_any_message_is_taken_or_refused(form: dict[str, Any], components: list[Any], v2: bool) -> None:
    """Whatever JSON comes, there is a message or one of Discord's refusals, never a crash."""
    ids = itertools.count(1)
    drafting = Drafting(lambda: next(ids), channel_id=1, upload_limit=100)
    if v2:
        form |= {"flags": 1 << 15, "components": components}
    with contextlib.suppress(ApiError):
        json.dumps(drafting.new(form, {0: Upload(filename="a.png", data=b"x")}).components)


@UNHURRIED
@given(FORMS, st.lists(COMPONENTS, max_size=3))
def test_any_modal_and_any_command_are_judged(form: dict[str, Any], components: list[Any]) -> None:
    """Whatever JSON comes, the rules find what is wrong with it, and never stumble."""
    errors = Form()
    form["options"] = components
    check_modal(errors, ("data",), form | {"components": components})
    check_command(errors, (), form)
    with pytest.raises(ApiError):
        errors.check()


def test_a_studio_is_the_same_each_time() -> None:
    """People, servers and channels keep their ids, so a restarted playground fits its data."""
    first, second = World.studio(), World.studio()
    assert first.users.keys() == second.users.keys()
    assert first.channels.keys() == second.channels.keys()
    assert {user.name for user in first.users.values()} == {"Easel", "keeper", "ada", "ben", "mia", "zoe"}


def test_snowflakes_carry_their_moment_and_never_repeat() -> None:
    """Ids rise with time, tell it, and stay unique when the clock is set back."""
    clock = Clock()
    ids = Snowflakes(clock.now)
    made = [ids.new() for _ in range(1000)]
    assert made == sorted(made)
    assert abs(moment_of(made[0]) - clock.now()) < 5
    clock.advance(-86_400)
    made += [ids.new() for _ in range(1000)]
    assert len(set(made)) == 2000
    assert abs(moment_of(made[-1]) - clock.now()) < 5
    assert discord.utils.snowflake_time(made[0]).timestamp() == pytest.approx(moment_of(made[0]))


def test_permissions_combine_as_discords_do() -> None:
    """@everyone's overwrite first, then the roles' together, then the member's; the owner may do all."""
    world = World.studio()
    channel = world.channel_named("mods-only")
    rights = {
        user.name: Permission.VIEW_CHANNEL in world.permissions_in(user, channel)
        for user in world.users.values()
    }
    assert rights == {
        "Easel": False,
        "keeper": True,
        "ada": False,
        "ben": False,
        "mia": True,
        "zoe": False,
    }
    mia = world.user_named("mia")
    assert Permission.MANAGE_GUILD in world.permissions_in(mia, world.channel_named("studio"))
    assert Permission.ADMINISTRATOR not in world.permissions_in(mia, world.channel_named("studio"))


def test_pictures_are_measured_by_their_first_bytes() -> None:
    """PNG, GIF, JPEG and WebP tell their size; anything else has none."""
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x03"
    assert size_of(png, "x") == ("image/png", 2, 3)
    assert size_of(b"GIF89a\x02\x00\x03\x00", "x") == ("image/gif", 2, 3)
    assert size_of(b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x03\x00\x02\x03", "x") == ("image/jpeg", 2, 3)
    vp8x = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x00\x00"
    assert size_of(vp8x, "x") == ("image/webp", 2, 3)
    assert size_of(b"hello", "a.txt") == ("text/plain", None, None)


def test_discord_py_is_pointed_at_addresses_only() -> None:
    """Anything but an http or https address is refused."""
    for wrong in ("", "127.0.0.1:80", "ftp://example.org"):
        with pytest.raises(ValueError, match="not an http"):
            point_discord_py_at(wrong)


async def test_a_stranger_to_the_bot_cannot_be_written_to(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Without a server in common there are no commands in direct messages, and the bot's are 50007."""
    loner = loopback.changes.add_person("lon")
    assert loopback.person("lon", dm=True).commands() == []
    place = bot.get_partial_messageable(loopback.world.direct_message(loner).id)
    with pytest.raises(discord.Forbidden) as refused:
        await place.send("hello")
    assert refused.value.code == 50007
    user = await bot.fetch_user(loopback.world.user_named("ada").id)
    await user.send("hello")
    assert [message.text for message in loopback.person("ada", dm=True).messages()] == ["hello"]
