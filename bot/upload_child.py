"""Reads one uploaded picture in a process of its own: the file on standard input, a PNG on standard output.

Its one argument says what it is for, "image" or "mask".

It runs as a script under tight limits and imports nothing of Easel, so that it starts quickly and a file that
is made to do harm meets nothing worth harming.
"""

import resource
import sys
import warnings
from io import BytesIO

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError, WebPImagePlugin

FORMATS = [
    kind.format
    for kind in (PngImagePlugin.PngImageFile, JpegImagePlugin.JpegImageFile, WebPImagePlugin.WebPImageFile)
]
MAX_PIXELS = 40_000_000
"""Of the upload; a camera's 24 megapixels are fine."""
MAX_SIDE = 2_048
"""Pixels of the result's longer side: nothing larger is ever made from it."""
MIDDLE = 128
"""From this on a mask's pixel is light, and a transparent one is not erased."""
MEMORY = 1_200 * 2**20
"""Bytes of address space: a few copies of the largest picture, and Python."""
SECONDS = 10
"""Of processor time."""
NOT_A_PICTURE, TOO_MANY_PIXELS, DAMAGED = 3, 4, 5
"""Exit codes."""


def main() -> int:
    """Decode, turn upright, flatten, shrink, and write anew: no byte of the upload comes out."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),  # it has nothing to write but its answer
    ):
        resource.setrlimit(limit, (most, most))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        picture = _decoded(sys.stdin.buffer.read())
        picture = _mask(picture) if sys.argv[1] == "mask" else _flat(picture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return TOO_MANY_PIXELS
    except UnidentifiedImageError:
        return NOT_A_PICTURE
    except Exception:  # noqa: BLE001 - decoders raise whatever they like on files made to break them
        return DAMAGED
    picture.save(sys.stdout.buffer, format="PNG", compress_level=1)
    return 0


def _decoded(file: bytes) -> Image.Image:
    """The first frame, upright, 8-bit RGBA, within `MAX_SIDE`."""
    with Image.open(BytesIO(file), formats=FORMATS) as image:
        image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # JPEG can be decoded smaller right away
        upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16-bit grey, which would be clipped to white
        upright = upright.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    whole = upright.convert("RGBA")
    whole.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return whole


def _flat(picture: Image.Image) -> Image.Image:
    """RGB, on white where it is transparent."""
    flat = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    flat.info = {}
    return flat


def _mask(picture: Image.Image) -> Image.Image:
    """White where it is erased, or else, where nothing of it is, where it is light; black elsewhere."""
    alpha = picture.getchannel("A")
    erased = any(alpha.histogram()[:MIDDLE])
    grey = ImageOps.invert(alpha) if erased else picture.convert("L")
    return grey.point(lambda value: 255 if value >= MIDDLE else 0).convert("RGB")


if __name__ == "__main__":
    raise SystemExit(main())
