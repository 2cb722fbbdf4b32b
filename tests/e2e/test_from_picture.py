"""`/imagine image:`, from the attachment to the pictures made of it."""

from io import BytesIO

import pytest
from house import House, has_pictures
from PIL import Image

from bot.commands import attached
from bot.playground import Message, Modal, Person, Upload
from bot.playground.faults import Held

pytestmark = pytest.mark.asyncio(loop_scope="module")


def photo(form: str = "JPEG", size: tuple[int, int] = (300, 200)) -> Upload:
    """A picture of one green."""
    file = BytesIO()
    options = {"comment": b"secret"} if form == "JPEG" else {}
    Image.new("RGB", size, (20, 200, 20)).save(file, form, **options)
    return Upload(
        filename=f"field.{form.lower()}", data=file.getvalue(), content_type=f"image/{form.lower()}"
    )


def top(size: tuple[int, int] = (300, 200), *, light: int = 255) -> Upload:
    """A mask of the upper half."""
    file, mask = BytesIO(), Image.new("L", size)
    mask.paste(light, (0, 0, size[0], size[1] // 2))
    mask.save(file, "PNG")
    return Upload(filename="mask.png", data=file.getvalue(), content_type="image/png")


def green(picture: bytes, *, part: tuple[int, int, int, int] | None = None) -> bool:
    with Image.open(BytesIO(picture)) as image:
        red, most, blue = image.crop(part).resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    return bool(most > 2 * max(red, blue))


def apart(picture: bytes, one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> int:
    """By how much the colours of two parts differ; those of the photo do not at all."""
    with Image.open(BytesIO(picture)) as image:
        means = [image.crop(part).resize((1, 1)).getpixel((0, 0)) for part in (one, other)]
    return int(max(abs(left - right) for left, right in zip(*means, strict=True)))


async def final(house: House, person: Person, answer: Message) -> Message:
    """The answer, or where the file took its time and was then refused, the one that came instead."""
    await house.discord.until(lambda: answer.deleted or not answer.loading)
    if not answer.deleted:
        return answer
    (instead,) = await house.discord.until(lambda: [m for m in person.messages() if m.id > answer.id])
    return instead


async def slow(
    house: House, person: Person, picture: Upload, *, prompt: str, **options: object
) -> tuple[Message, Held]:
    """An `/imagine` whose file the CDN keeps back until the hold is released, and its answer so far."""
    held = house.discord.faults.hold_file()
    answer = await person.command("imagine", prompt=prompt, image=picture, **options)
    assert answer.loading
    return answer, held


async def test_pictures_begin_from_an_attachment(house: House) -> None:
    """They have its shape and stay near it; the card says so; what was hidden in the file is gone."""
    ada = house.person("ada")
    message = await ada.command(
        "imagine", prompt="a green field", image=photo(), strength=0.3, count=2, steps=8
    )
    await final(house, ada, message)
    assert "2 pictures · 160 × 104" in message.text
    assert "from a picture, strength 0.3" in message.text
    await house.pictures(message)
    for picture in message.pictures:
        assert green(picture.data)
        with Image.open(BytesIO(picture.data)) as image:
            assert image.size == (160, 104)
            assert "Denoising strength: 0.3" in image.info["parameters"]
        assert b"secret" not in picture.data


async def test_what_follows_begins_from_the_same_picture(house: House) -> None:
    """Reroll, variations and the form keep the attachment; a flag says another strength."""
    ada = house.person("ada")
    message = await ada.command(
        "imagine", prompt="a green field --strength 0.4", image=photo(), count=1, steps=8
    )
    await house.pictures(message)
    for button in ("🔄", "V1"):
        again = await ada.press(message, button)
        assert isinstance(again, Message)
        assert "from a picture, strength 0.4" in again.text
        await house.pictures(again)
        assert all(green(picture.data) for picture in again.pictures)
    form = await ada.press(message, "✏️")
    assert isinstance(form, Modal)
    made = await ada.submit(form, {})
    assert made is not None
    assert "from a picture, strength 0.4" in made.text
    await house.pictures(made)


async def test_parts_of_an_attachment_are_painted_anew(house: House) -> None:
    """What the mask leaves black stays; reroll, variations and the form keep both files."""
    ada = house.person("ada")
    message = await ada.command(
        "imagine", prompt="a red sky", image=photo(), mask=top(), count=1, steps=8, seed=3
    )
    await final(house, ada, message)
    await house.pictures(message)
    form = await ada.press(message, "✏️")
    assert isinstance(form, Modal)
    for made in (
        message,
        await ada.press(message, "🔄"),
        await ada.press(message, "V1"),
        await ada.submit(form, {}),
    ):
        assert isinstance(made, Message)
        assert "parts of a picture, strength 1" in made.text
        await house.pictures(made)
        for picture in made.pictures:
            assert green(picture.data, part=(0, 64, 160, 104))
            # The words ask for another colour; now and then noise paints another green.
            assert apart(picture.data, (0, 0, 160, 40), (0, 64, 160, 104)) > 12


async def test_a_mask_needs_its_picture(house: House) -> None:
    """Alone, of another shape, black all over, or no picture: refused in words, nothing charged."""
    ada = house.person("ada")
    before = (house.spent(ada), house.states())
    broken = Upload(filename="m.png", data=b"<script>", content_type="image/png")
    for files, said in (
        ({"mask": top()}, "Mask must be attached together with the image"),
        ({"image": photo(), "mask": top((200, 200))}, "Mask must be shaped like the image, 300×200"),
        ({"image": photo(), "mask": top(light=0)}, "Mask must be white or erased where"),
        ({"image": photo(), "mask": broken}, "The mask is no PNG, JPEG or WebP"),
    ):
        answer = await final(house, ada, await ada.command("imagine", prompt="a red sky", **files))
        assert said in answer.text
        assert answer.ephemeral
    assert (house.spent(ada), house.states()) == before


async def test_what_is_deleted_takes_its_upload_along(house: House) -> None:
    """The picture that was sent goes with the last ones made of it; what is then asked of them is refused."""
    ada = house.person("ada")
    before = house.rows("SELECT digest FROM sources ORDER BY digest")
    upload = photo(size=(200, 300))  # a shape of its own, so that no other test began from the same
    first = await ada.command("imagine", prompt="a green field", image=upload, count=1, steps=2)
    await house.pictures(first)
    again = await ada.press(first, "🔄")
    assert isinstance(again, Message)
    await house.pictures(again)
    form = await ada.press(again, "✏️")
    assert isinstance(form, Modal)
    left = []
    for message in (first, again):
        await ada.press(message, "🗑️")
        left.append(house.rows("SELECT digest FROM sources ORDER BY digest"))
    assert len(left[0]) == len(before) + 1
    assert left[1] == before
    refused = await ada.submit(form, {})
    assert refused is not None
    assert "Those pictures are gone" in refused.text


async def test_what_was_made_of_deleted_pictures_can_still_be_tried_again(house: House) -> None:
    """It has a source of its own, cut to its own shape."""
    ada = house.person("ada")
    first = await ada.command(
        "imagine", prompt="a green field", image=photo(size=(200, 250)), count=1, steps=2
    )
    await house.pictures(first)
    form = await ada.press(first, "✏️")
    assert isinstance(form, Modal)
    other = await ada.submit(form, {"aspect": "1:1", "settings": "--steps 60"})
    assert other is not None
    await ada.press(other, "Cancel")
    await house.discord.until(house.says(other, "Cancelled"))
    await house.settled()
    await ada.press(first, "🗑️")
    again = await ada.press(other, "Try again")
    assert isinstance(again, Message)
    assert "from a picture" in again.text
    await ada.press(again, "Cancel")
    await house.settled()


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (Upload(filename="a.png", data=b"<script>", content_type="image/png"), "is no PNG, JPEG or WebP"),
        (photo("GIF"), "is no PNG, JPEG or WebP"),
        (Upload(filename="a.jpg", data=photo(size=(900, 900)).data[:3_000]), "is damaged"),
    ],
    ids=["no picture", "another format", "half a file"],
)
async def test_a_file_that_cannot_be_used_is_refused(house: House, upload: Upload, said: str) -> None:
    """Only who sent it is told, with what to do, and nothing is charged."""
    ada = house.person("ada")
    before = (house.spent(ada), house.states())
    answer = await final(house, ada, await ada.command("imagine", prompt="a house", image=upload))
    assert said in answer.text
    assert "Nothing was charged" in answer.text
    assert answer.ephemeral
    assert not has_pictures(answer)
    assert (house.spent(ada), house.states()) == before


async def test_strength_without_a_picture_is_refused(house: House) -> None:
    """It would do nothing."""
    answer = await house.person("ada").command("imagine", prompt="a house", strength=0.5)
    assert "Strength must be said together with a picture to begin from" in answer.text


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_a_slow_upload_is_waited_for(house: House, private: bool) -> None:
    """Easel says that it is thinking; the job's card comes in that place, and the pictures there."""
    ada = house.person("ada")
    answer, held = await slow(house, ada, photo(), prompt="a slow field", count=1, steps=4, private=private)
    before = len(house.states())
    held.release()
    await house.pictures(answer)
    assert green(answer.pictures[0].data)
    assert answer.ephemeral is private
    assert house.states()[before:] == ["delivered"]
    assert len([m for m in ada.messages() if "a slow field" in m.text and m.id >= answer.id]) == 1


async def test_a_slow_upload_that_cannot_be_used_is_refused_to_who_sent_it(house: House) -> None:
    """What the channel saw of it is taken back; nothing is charged."""
    ada, ben = house.person("ada"), house.person("ben")
    before = (house.spent(ada), house.states())
    bad = Upload(filename="a.png", data=b"<script>", content_type="image/png")
    answer, held = await slow(house, ada, bad, prompt="a house")
    assert answer in ben.messages()
    held.release()
    refusal = await final(house, ada, answer)
    assert "is no PNG, JPEG or WebP" in refusal.text
    assert "Nothing was charged" in refusal.text
    assert refusal.ephemeral
    assert answer not in ben.messages()
    assert (house.spent(ada), house.states()) == before


async def test_waiting_for_an_upload_has_an_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past it the person is told so, and nothing is charged."""
    ada = house.person("ada")
    before = (house.spent(ada), house.states())
    monkeypatch.setattr(attached, "PATIENCE", attached.GRACE + 1)
    answer, held = await slow(house, ada, photo(), prompt="a house")
    refusal = await final(house, ada, answer)
    held.release()
    assert "takes too long to fetch and read" in refusal.text
    assert "Nothing was charged" in refusal.text
    assert refusal.ephemeral
    assert (house.spent(ada), house.states()) == before


async def test_a_card_that_did_not_reach_its_slow_answer_comes_late(house: House) -> None:
    """The connection broke before the card took its place: Discord is asked, and the job goes on there."""
    ada = house.person("ada")
    answer, held = await slow(house, ada, photo(), prompt="a lost field", count=1, steps=4)
    house.discord.faults.reset("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original")
    held.release()
    await house.pictures(answer)
    assert house.states()[-1] == "delivered"


async def test_who_deletes_a_slow_answer_pays_nothing(house: House) -> None:
    """Nobody waits for it any more."""
    ada = house.person("ada")
    before, count = house.spent(ada), len(house.states())
    answer, held = await slow(house, ada, photo(), prompt="an unwanted field")
    house.discord.changes.delete_message(answer.id)
    held.release()
    await house.discord.until(lambda: house.states()[count:] == ["failed"])
    assert house.spent(ada) == pytest.approx(before)
    assert not [m for m in ada.messages() if m.id > answer.id]


async def test_a_slow_command_that_is_told_twice_makes_one_job(house: House) -> None:
    """The gateway may say things twice, also while a file is on its way."""
    ada = house.person("ada")
    before = len(house.states())
    house.discord.faults.repeat("INTERACTION_CREATE")
    answer, held = await slow(house, ada, photo(), prompt="an echoed field", count=1, steps=4)
    held.release()
    await house.pictures(answer)
    assert house.states()[before:] == ["delivered"]
    assert len([m for m in ada.messages() if "an echoed field" in m.text]) == 1
