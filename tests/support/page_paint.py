"""Little pictures for the page's tests."""

import io

from PIL import Image, ImageDraw, ImageFilter


def painting(number: int, size: tuple[int, int] = (128, 128)) -> bytes:
    """A little landscape as PNG; each number has colours of its own."""
    width, height = size
    picture = Image.new("RGB", size)
    draw = ImageDraw.Draw(picture)
    sky, ground = (40 + 45 * number % 200, 90, 190 - 30 * number % 120), (30, 80 + 35 * number % 120, 60)
    for y in range(height):
        part = y / height
        draw.line([(0, y), (width, y)], fill=tuple(int(c + (255 - c) * part * 0.6) for c in sky))
    draw.rectangle([0, height * 0.68, width, height], fill=ground)
    draw.ellipse([width * 0.6, height * 0.15, width * 0.8, height * 0.15 + width * 0.2], fill=(255, 224, 150))
    draw.polygon([(20, height * 0.7), (50, height * 0.35), (80, height * 0.7)], fill=(190, 60, 50))
    file = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.7)).save(file, "PNG")
    return file.getvalue()
