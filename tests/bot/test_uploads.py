"""What people upload is read in a process with limits, written anew, or refused with a reason."""

import asyncio
import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from bot import uploads
from bot.uploads import MAX_BYTES, UploadFault, UploadReader, UploadRefused
from inference.images import fitted
from inference.png import png_size


def file_of(image: Image.Image, form: str, **options: Any) -> bytes:  # noqa: ANN401 - as Pillow takes them
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    image.load()
    return image


def halves() -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (40, 20), (255, 0, 0))
    image.paste((0, 0, 255), (20, 0, 40, 20))
    return image


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(side: int) -> bytes:
    """A PNG file of a few bytes that unfolds to side² pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(3 * side + 1) * 100, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_comes_out_as_png_of_our_own(form: str) -> None:
    """Whatever the format: 8-bit RGB, the same picture."""
    image = opened(await UploadReader().picture_of(file_of(halves(), form, quality=95)))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (40, 20))
    left, right = image.getpixel((5, 10)), image.getpixel((35, 10))
    assert left[0] > 200 > 60 > left[2]  # type: ignore[index]
    assert right[2] > 200 > 60 > right[0]  # type: ignore[index]


async def test_nothing_else_of_the_file_comes_through() -> None:
    """No text, no EXIF, no place, no second file behind the first; and it stands upright."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010E] = "secret description"
    photo = file_of(halves(), "JPEG", exif=exif, comment=b"secret comment", quality=95)
    image = opened(await UploadReader().picture_of(photo + b"<script>secret</script>"))
    assert image.size == (20, 40)
    assert image.getpixel((10, 5))[0] > 200  # type: ignore[index]
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "secret settings")
    drawn = await UploadReader().picture_of(file_of(halves(), "PNG", pnginfo=text))
    assert b"secret" not in drawn
    assert opened(drawn).info == {}


async def test_unusual_pictures_are_read_as_people_see_them() -> None:
    """Transparent is white, 16 bits are grey, palettes and CMYK have their colours; first frames count."""
    reader = UploadReader()
    clear = opened(await reader.picture_of(file_of(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG")))
    assert clear.getpixel((4, 4)) == (255, 255, 255)
    grey = opened(await reader.picture_of(file_of(Image.new("I;16", (8, 8), 0x8000), "PNG")))
    assert grey.getpixel((4, 4)) == (127, 127, 127)
    palette = opened(await reader.picture_of(file_of(halves().convert("P"), "PNG")))
    assert palette.getpixel((35, 10)) == (0, 0, 255)
    cmyk = opened(await reader.picture_of(file_of(halves().convert("CMYK"), "JPEG", quality=95)))
    assert cmyk.getpixel((35, 10))[2] > 200  # type: ignore[index]
    frames = [halves(), Image.new("RGB", (40, 20), "white")]
    for form in ("PNG", "WEBP"):
        moving = file_of(frames[0], form, save_all=True, append_images=frames[1:], lossless=True)
        assert opened(await reader.picture_of(moving)).getpixel((35, 10)) == (0, 0, 255)


async def test_a_mask_is_white_where_it_is_erased_or_else_light() -> None:
    """People paint white over what shall change, or rub it out of the picture itself."""
    reader = UploadReader()
    painted = (
        halves().convert("L").point(lambda value: 140 if value > 50 else 100)
    )  # red is lighter than blue
    erased = halves().convert("RGBA")
    erased.paste((255, 255, 255, 0), (0, 0, 20, 20))
    for drawn, form in ((painted, "JPEG"), (erased, "PNG"), (erased, "WEBP")):
        mask = opened(await reader.picture_of(file_of(drawn, form, quality=95), "mask"))
        assert (mask.mode, mask.size) == ("RGB", (40, 20))
        assert (mask.getpixel((5, 10)), mask.getpixel((35, 10))) == ((255, 255, 255), (0, 0, 0))
    with pytest.raises(UploadRefused, match="the mask cannot be used: it is no PNG, JPEG or WebP picture"):
        await reader.picture_of(b"<svg/>", "mask")


async def test_a_large_picture_is_made_smaller() -> None:
    """No side passes 2,048 pixels, and the shape stays."""
    wide = file_of(Image.new("L", (5_000, 2_500)), "PNG")
    assert png_size(await UploadReader().picture_of(wide)) == (2_048, 1_024)


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        (lambda: bytes(MAX_BYTES + 1), UploadFault.TOO_LARGE),
        (lambda: bomb(50_000), UploadFault.TOO_MANY_PIXELS),
        (lambda: bomb(6_400), UploadFault.TOO_MANY_PIXELS),
        (lambda: b"", UploadFault.NOT_A_PICTURE),
        (lambda: file_of(halves(), "GIF"), UploadFault.NOT_A_PICTURE),
        (lambda: file_of(halves(), "ICO"), UploadFault.NOT_A_PICTURE),
        (lambda: file_of(halves(), "TIFF"), UploadFault.NOT_A_PICTURE),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", UploadFault.NOT_A_PICTURE),
        (lambda: file_of(halves(), "GIF") + file_of(halves(), "PNG"), UploadFault.NOT_A_PICTURE),
        (lambda: file_of(halves().resize((900, 900)), "PNG")[:-200], UploadFault.DAMAGED),
        (lambda: file_of(halves().resize((900, 900)), "JPEG")[:3_000], UploadFault.DAMAGED),
    ],
    ids=(
        "more than 10 MiB",
        "a bomb",
        "a smaller bomb",
        "nothing",
        "GIF",
        "ICO",
        "TIFF",
        "SVG",
        "GIF and PNG in one",
        "half a PNG",
        "half a JPEG",
    ),
)
async def test_what_cannot_be_used_is_refused_with_a_reason(
    file: Callable[[], bytes], fault: UploadFault
) -> None:
    """Bombs, other formats, two formats in one, halves of files."""
    with pytest.raises(UploadRefused) as refused:
        await UploadReader().picture_of(file())
    assert refused.value.fault is fault


async def test_reading_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that keeps its process busy is refused as slow, not called damaged."""
    monkeypatch.setattr(uploads, "PATIENCE", 0.0)
    with pytest.raises(UploadRefused) as refused:
        await UploadReader().picture_of(file_of(halves(), "PNG"))
    assert refused.value.fault is UploadFault.TOO_SLOW


async def test_whatever_is_sent_there_is_a_picture_or_a_refusal() -> None:
    """Files with bytes turned over do no other harm."""
    chance, reader = random.Random(4), UploadReader()

    async def read(form: str) -> None:
        file = bytearray(file_of(halves(), form))
        for _ in range(chance.randint(1, 6)):
            file[chance.randrange(len(file))] = chance.randrange(256)
        try:
            png = await reader.picture_of(bytes(file))
        except UploadRefused:
            return
        assert png_size(png) is not None

    await asyncio.gather(*(read(form) for form in ("PNG", "JPEG", "WEBP") for _ in range(5)))


async def test_a_file_on_this_machine_is_read_the_same(tmp_path: Path) -> None:
    """What is not there is refused like any other."""
    (tmp_path / "a.jpg").write_bytes(file_of(halves(), "JPEG"))
    assert png_size(await UploadReader().picture_at(tmp_path / "a.jpg")) == (40, 20)
    with pytest.raises(UploadRefused, match="cannot be opened"):
        await UploadReader().picture_at(tmp_path / "b.jpg")


def test_a_picture_is_cut_to_the_shape_that_is_made_of_it() -> None:
    """The middle is kept, nothing is stretched."""
    png = file_of(halves(), "PNG")
    square = opened(fitted(png, 64, 64))
    assert square.size == (64, 64)
    assert square.getpixel((5, 30)) == (255, 0, 0)
    assert square.getpixel((60, 30)) == (0, 0, 255)
    assert fitted(fitted(png, 64, 64), 64, 64) == fitted(png, 64, 64)
