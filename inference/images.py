"""Picture files: PNG with its settings inside, safe decoding, faithful enlargement."""

import hashlib
import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops, ImageFilter, ImageOps, PngImagePlugin, UnidentifiedImageError

from inference.errors import InvalidRequest
from inference.png import png_size
from inference.request import MAX_UPSCALED_SIDE, ImageRequest, UpscaleRequest
from inference.samplers import OWN, SAMPLERS
from inference.source import MASK_LIGHT

TEXT_KEY: Final = "parameters"
"""The text chunk where people's tools look for the settings of a picture."""
MAX_TEXT: Final = 16_384
"""Characters of settings that are carried from a picture to its enlargement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What besides its settings made a picture what it is, to the last bit.

    Attributes:
        device: what computed it, such as "cpu" or a GPU's name.
        precision: of the weights, such as "float32".
        batch: pictures in a forward, it among them: "1", or "1-4" where others came and went.
        versions: of the libraries that computed it.
        own_sampler: which one the model's own is.
    """

    device: str
    precision: str
    batch: str
    versions: str
    own_sampler: str


def parameters(request: ImageRequest, index: int, made: Circumstances) -> str:
    """The settings of picture `index`, in the layout that tools for Stable Diffusion read."""
    alone = request.picture(index)
    settings = {
        "Steps": alone.steps,
        "Sampler": made.own_sampler if alone.sampler == OWN else SAMPLERS[alone.sampler].title,
        "CFG scale": f"{alone.guidance_scale:g}",
        "Seed": alone.seed,
        "Size": f"{alone.width}x{alone.height}",
        "Model": alone.model,
    }
    if alone.source is not None:
        settings["Denoising strength"] = f"{alone.source.strength:g}"
        settings["Source SHA-256"] = hashlib.sha256(alone.source.png).hexdigest()
        if alone.source.mask is not None:
            settings["Mask SHA-256"] = hashlib.sha256(alone.source.mask).hexdigest()
    if alone.variations:
        *earlier, last = alone.variations
        settings["Variation seed"] = last.seed
        settings["Variation seed strength"] = f"{last.strength:g}"
        if earlier:
            settings["Earlier variations"] = "; ".join(
                f"{step.seed} at {step.strength:g}" for step in earlier
            )
    settings |= {
        "Device": made.device,
        "Precision": made.precision,
        "Batch": made.batch,
        "Libraries": made.versions,
        "Version": "Easel",
    }
    lines = [alone.prompt]
    if alone.negative_prompt:
        lines.append(f"Negative prompt: {alone.negative_prompt}")
    lines.append(", ".join(f"{name}: {value}" for name, value in settings.items()))
    return "\n".join(lines)


def encode_png(image: Image.Image, text: str) -> bytes:
    """A PNG file, the same bytes for the same picture and text."""
    info = PngImagePlugin.PngInfo()
    if text:
        info.add_itxt(TEXT_KEY, text)
    file = io.BytesIO()
    image.save(file, format="PNG", pnginfo=info, compress_level=6)
    return file.getvalue()


def decode_png(data: bytes, *, field: str = "image") -> Image.Image:
    """A whole PNG picture as 8-bit RGB; `field` is what a refusal calls it.

    Raises:
        InvalidRequest: it is no PNG file, is damaged, or has a side of more than 4,096 pixels.
    """
    size = png_size(data)
    # The header is read before Pillow is, so that a small file cannot ask for endless memory.
    if size is None or not all(0 < side <= MAX_UPSCALED_SIDE for side in size):
        raise InvalidRequest(field, size, f"a PNG picture of at most {MAX_UPSCALED_SIDE:,} pixels a side")
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            image.load()
            picture = image.convert("RGB")
            picture.info = dict(image.info)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidRequest(field, str(error), "a whole PNG picture") from error
    return picture


def fitted(png: bytes, width: int, height: int, *, mask: bool = False) -> bytes:
    """The middle of a picture in another shape and size: cut to the shape, then resampled.

    A picture is resampled with Lanczos' filter, a mask with a linear one, which adds no light of its own.

    Raises:
        InvalidRequest: the file is not a whole picture.
    """
    picture = decode_png(png, field="mask" if mask else "image")
    picture.info = {}
    if picture.size == (width, height):
        return encode_png(picture, "")
    resampling = Image.Resampling.BILINEAR if mask else Image.Resampling.LANCZOS
    return encode_png(ImageOps.fit(picture, (width, height), resampling), "")


def is_black(mask: bytes) -> bool:
    """Whether a PNG file marks nothing: no pixel of it is light.

    Raises:
        InvalidRequest: the file is not a whole picture.
    """
    return not any(decode_png(mask, field="mask").convert("L").histogram()[MASK_LIGHT:])


def upscale(request: UpscaleRequest) -> tuple[Image.Image, str]:
    """The picture enlarged, and the settings it carried.

    Lanczos, sharpened, then held within what the neighbouring pixels of the source span: edges get crisp, and
    no halo or ringing appears that the source has not.
    """
    picture = decode_png(request.image)
    size = (picture.width * request.factor, picture.height * request.factor)
    large = picture.resize(size, Image.Resampling.LANCZOS)
    sharp = large.filter(ImageFilter.UnsharpMask(radius=0.75 * request.factor, percent=130, threshold=1))
    darkest, lightest = (
        picture.filter(extreme(3)).resize(size, Image.Resampling.BILINEAR)
        for extreme in (ImageFilter.MinFilter, ImageFilter.MaxFilter)
    )
    finished = ImageChops.darker(ImageChops.lighter(sharp, darkest), lightest)
    text = picture.info.get(TEXT_KEY, "")
    carried = str(text)[:MAX_TEXT]
    return finished, f"{carried}, Upscale: {request.factor}x" if carried else ""
