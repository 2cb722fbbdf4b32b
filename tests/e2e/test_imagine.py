"""`/imagine`, from the typed command to the buttons under the pictures."""

import asyncio
from io import BytesIO

import pytest
from house import PICTURES, House, has_pictures, is_drawing, labels
from PIL import Image

from bot.playground import Message, Refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_command_becomes_four_pictures(house: House) -> None:
    """The answer says what was understood, then shows how the pictures form, then the pictures."""
    ada = house.person("ada")
    reply = await ada.command("imagine", prompt="a red house by the sea at night")
    assert "a red house by the sea at night" in reply.text
    assert "4 pictures · 128 × 128" in reply.text
    assert "Uses about" in reply.text
    assert "leaves" in reply.text
    assert labels(reply) == ["Cancel"]
    await house.discord.until(lambda: reply.pictures and not has_pictures(reply), timeout=PICTURES)
    assert "still forming" in (reply.pictures[0].description or "")
    await house.pictures(reply)
    assert labels(reply) == ["U1", "U2", "U3", "U4", "🔄", "V1", "V2", "V3", "V4", "✏️", "🗑️"]
    assert len(reply.pictures) == 4
    for number, picture in enumerate(reply.pictures, start=1):
        assert f"Picture {number} of 4: “a red house by the sea at night”" in (picture.description or "")
        with Image.open(BytesIO(picture.data)) as image:
            assert (image.format, image.size) == ("PNG", (128, 128))
    assert len({picture.data for picture in reply.pictures}) == 4
    assert f"<@{ada.user.id}>" in reply.text
    assert "seed" in reply.text
    assert "took" in reply.text
    assert reply.mentions == []


async def test_options_and_flags_act_and_a_flag_wins(house: House) -> None:
    """Everything asked for is in the settings line and in the pictures."""
    reply = await house.person("ada").command(
        "imagine",
        prompt="a yellow star --ar 3:2 --seed 7 --steps 6 --no red, blue —sampler euler",
        count=2,
        seed=99,
        guidance=2.5,
    )
    assert "2 pictures · 160 × 104 · Euler, 6 steps · guidance 2.5 · seed 7" in reply.text
    assert "without red, blue" in reply.text
    await house.pictures(reply)
    assert [(picture.width, picture.height) for picture in reply.pictures] == [(160, 104)] * 2


async def test_the_same_seed_makes_the_same_picture(house: House) -> None:
    """Picture 2 of seed 40 is the picture of seed 41."""
    ada = house.person("ada")
    two = await ada.command("imagine", prompt="a green field", count=2, seed=40, steps=5)
    one = await ada.command("imagine", prompt="a green field", count=1, seed=41, steps=5)
    await house.pictures(two)
    await house.pictures(one)
    with (
        Image.open(BytesIO(two.pictures[1].data)) as second,
        Image.open(BytesIO(one.pictures[0].data)) as alone,
    ):
        worst = max(abs(a - b) for a, b in zip(second.tobytes(), alone.tobytes(), strict=True))
    assert worst <= 1  # a batch of two rounds otherwise than one alone


async def test_a_private_answer_is_seen_by_nobody_else(house: House) -> None:
    """Also its pictures, and what its buttons make."""
    ada, ben = house.person("ada"), house.person("ben")
    reply = await ada.command("imagine", prompt="a secret star", steps=4, count=1, private=True)
    await house.pictures(reply)
    assert reply.ephemeral
    assert not ben.sees(reply)
    again = await ada.press(reply, "🔄")
    assert isinstance(again, Message)
    assert again.ephemeral
    await house.pictures(again)


async def test_suggestions_help_where_a_list_does(house: House) -> None:
    """Samplers with their advice, models, shapes."""
    ada = house.person("ada")
    samplers = await ada.autocomplete("imagine", "sampler", "karr", prompt="x")
    assert samplers[0].value == "dpmpp_2m_karras"
    assert all("karras" in choice.name.casefold() for choice in samplers)
    assert [choice.value for choice in await ada.autocomplete("imagine", "model", "", prompt="x")] == [
        "pocket"
    ]
    assert "3:2" in [
        choice.value for choice in await ada.autocomplete("imagine", "aspect", "land", prompt="x")
    ]


async def test_a_sampler_is_understood_however_it_is_written(house: House) -> None:
    """The option reads what the flag reads."""
    ada = house.person("ada")
    by_option = await ada.command("imagine", prompt="a dot", steps=2, count=1, sampler="K-LMS")
    by_flag = await ada.command("imagine", prompt="a dot --sampler K-LMS", steps=2, count=1)
    for reply in (by_option, by_flag):
        assert "LMS, 2 steps" in reply.text
        await house.pictures(reply)


BAD = [
    ({"prompt": "a cat --setps 5"}, "Did you mean --steps?"),
    ({"prompt": "a cat --chaos 5"}, "cannot do --chaos yet"),
    ({"prompt": "a cat --ar banana"}, "3:2"),
    ({"prompt": "a cat", "aspect": "0:1"}, "3:2"),
    ({"prompt": "a cat --steps 0"}, "steps"),
    ({"prompt": "a cat --count 99"}, "count"),
    ({"prompt": "a cat --seed -1"}, "seed"),
    ({"prompt": "a cat --scale nan"}, "scale"),
    ({"prompt": "a cat", "sampler": "magic"}, "euler"),
    ({"prompt": "a cat", "model": "magic"}, "pocket"),
    ({"prompt": "--steps 5"}, "words"),
    ({"prompt": "a" * 3_000}, "1,000 characters"),
]


@pytest.mark.parametrize(("options", "said"), BAD, ids=[str(options)[:40] for options, _ in BAD])
async def test_bad_input_gets_one_clear_line_and_costs_nothing(
    house: House, options: dict[str, str], said: str
) -> None:
    """Only the person sees it, and nothing is written down."""
    ben = house.person("ben")
    before = house.spent(ben), len(house.states())
    reply = await ben.command("imagine", **options)
    assert reply.ephemeral
    assert said in reply.text
    assert len(reply.text) < 400
    assert (house.spent(ben), len(house.states())) == before


async def test_discord_itself_stops_what_the_command_forbids(house: House) -> None:
    """Ranges are part of the command's description."""
    with pytest.raises(Refusal):
        await house.person("ada").command("imagine", prompt="a cat", steps=0)
    with pytest.raises(Refusal):
        await house.person("ada").command("imagine", prompt="a cat", count=99)


async def test_two_people_take_turns(house: House) -> None:
    """Somebody's one job does not wait for all of somebody else's."""
    ada, ben = house.person("ada"), house.person("ben")
    many = [await ada.command("imagine", prompt=f"a star {n}", count=2, steps=60) for n in range(4)]
    one = await ben.command("imagine", prompt="a heart", count=2, steps=30)
    finished: list[Message] = []

    def note() -> bool:
        finished.extend(m for m in (*many, one) if has_pictures(m) and m not in finished)
        return len(finished) == 5

    await house.discord.until(note, timeout=60)
    assert finished.index(one) <= 2
    await house.settled()


async def test_a_prompt_cannot_mention_or_format(house: House) -> None:
    """Echoed prompts are inert."""
    reply = await house.person("ada").command(
        "imagine", prompt="@everyone **loud** <@1> # x", steps=2, count=1
    )
    assert reply.mentions == []
    assert "\\*\\*loud" in reply.text
    await house.pictures(reply)


async def test_cancel_while_queued_and_while_running(house: House) -> None:
    """A waiting job leaves uncharged; a running one stops within steps and pays what was computed."""
    ada = house.person("ada")
    before = house.spent(ada)
    first = await ada.command("imagine", prompt="a slow star", steps=60)
    second = await ada.command("imagine", prompt="a waiting star", steps=60)
    assert await ada.press(second, "Cancel") is None
    await house.discord.until(house.says(second, "Cancelled; nothing was charged"))
    await house.discord.until(lambda: is_drawing(first), timeout=PICTURES)
    assert await ada.press(first, "Cancel") is None
    await house.discord.until(house.says(first, "were used by then"))
    await house.settled()
    assert house.states()[-2:] == ["cancelled", "cancelled"]
    assert 0 < house.spent(ada) - before < 60
    assert labels(first) == ["🔄 Try again", "✏️", "🗑️"]


async def test_commands_are_answered_side_by_side(house: House) -> None:
    """Many at once: each gets its place in line, every job ends."""
    ada, ben = house.person("ada"), house.person("ben")
    replies = await asyncio.gather(
        *(person.command("imagine", prompt="a dot", steps=1, count=1) for person in (ada, ben) * 4)
    )
    for reply in replies:
        await house.pictures(reply)
    assert set(house.states()[-8:]) == {"delivered"}
