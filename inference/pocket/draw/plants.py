"""A tree, a fir, a cactus, a mushroom, a flower."""

import math

from inference.pocket.draw.canvas import BLACK, WHITE, Canvas, mix
from inference.pocket.draw.stand import Stand


def tree(canvas: Canvas, stand: Stand) -> None:
    """A trunk under a crown of three balls."""
    stand.box(canvas, -0.075, 0.45, 0.075, 0, stand.paint((105, 70, 42)))
    for right, up, radius, shade in (
        (0.23, 0.54, 0.26, 0.12),
        (-0.23, 0.54, 0.26, 0.0),
        (0, 0.72, 0.33, 0.0),
    ):
        stand.disc(canvas, right, up, radius, mix(stand.main, BLACK, shade), flat=0.92)


def fir(canvas: Canvas, stand: Stand) -> None:
    """Three tiers on a short trunk."""
    stand.box(canvas, -0.05, 0.15, 0.05, 0, stand.paint((80, 55, 38)))
    for tier in range(3):
        low, half = 0.12 + 0.25 * tier, 0.31 - 0.07 * tier
        colour = mix(stand.main, WHITE, 0.05 * tier)
        stand.area(canvas, ((-half, low), (0, low + 0.42), (half, low)), colour)


def cactus(canvas: Canvas, stand: Stand) -> None:
    """A column with two bent arms."""
    stand.round_box(canvas, -0.12, 1.0, 0.12, 0, 0.12, stand.main)
    for outer, inner, low, high in ((-0.37, -0.2, 0.4, 0.76), (0.2, 0.37, 0.5, 0.9)):
        stand.round_box(canvas, outer, high, inner, low, 0.08, stand.main)
        stand.box(canvas, min(outer + 0.06, 0), low + 0.1, max(inner - 0.06, 0), low, stand.main)


def mushroom(canvas: Canvas, stand: Stand) -> None:
    """A dotted cap on a pale stem."""
    stand.round_box(canvas, -0.16, 0.56, 0.16, 0, 0.08, stand.paint((240, 228, 205)))
    stand.dome(canvas, -0.5, 1.0, 0.5, 0.04, stand.main)
    dot = stand.paint((200, 60, 60) if stand.bright else (252, 248, 238))
    for right, up, radius in ((-0.26, 0.68, 0.08), (0.05, 0.84, 0.09), (0.28, 0.66, 0.075)):
        stand.disc(canvas, right, up, radius, dot)


def flower(canvas: Canvas, stand: Stand) -> None:
    """Six petals on a stem with a leaf."""
    stand.box(canvas, -0.035, 0.6, 0.035, 0, stand.paint((50, 140, 60)))
    stand.disc(canvas, 0.15, 0.24, 0.15, stand.paint((60, 155, 70)), flat=0.5)
    for petal in range(6):
        angle = petal * math.pi / 3
        stand.disc(canvas, 0.21 * math.cos(angle), 0.71 + 0.21 * math.sin(angle), 0.15, stand.main)
    red, green, blue = stand.colour
    yellow = red > 200 and green > 120 and blue < 120
    stand.disc(canvas, 0, 0.71, 0.13, stand.paint((140, 84, 40) if yellow else (255, 205, 60)))
