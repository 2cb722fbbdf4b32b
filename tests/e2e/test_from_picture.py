"""`/imagine image:`, from the attachment to the pictures made of it."""

from io import BytesIO

import pytest
from house import House, has_pictures
from PIL import Image

from bot.playground import Message, Modal, Upload

pytestmark = pytest.mark.asyncio(loop_scope="module")


def photo(form: str = "JPEG", size: tuple[int, int] = (300, 200)) -> Upload:
    """A picture of one green."""
    file = BytesIO()
    options = {"comment": b"secret"} if form == "JPEG" else {}
    Image.new("RGB", size, (20, 200, 20)).save(file, form, **options)
    return Upload(
        filename=f"field.{form.lower()}", data=file.getvalue(), content_type=f"image/{form.lower()}"
    )


def green(picture: bytes) -> bool:
    with Image.open(BytesIO(picture)) as image:
        red, most, blue = image.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    return bool(most > 2 * max(red, blue))


async def test_pictures_begin_from_an_attachment(house: House) -> None:
    """They have its shape and stay near it; the card says so; what was hidden in the file is gone."""
    ada = house.person("ada")
    message = await ada.command(
        "imagine", prompt="a green field", image=photo(), strength=0.3, count=2, steps=8
    )
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
    answer = await ada.command("imagine", prompt="a house", image=upload)
    assert said in answer.text
    assert "Nothing was charged" in answer.text
    assert answer.ephemeral
    assert not has_pictures(answer)
    assert (house.spent(ada), house.states()) == before


async def test_strength_without_a_picture_is_refused(house: House) -> None:
    """It would do nothing."""
    answer = await house.person("ada").command("imagine", prompt="a house", strength=0.5)
    assert "Strength must be said together with a picture to begin from" in answer.text
