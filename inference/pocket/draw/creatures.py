"""A cat, a dog, a fish, a robot, a snowman."""

from inference.pocket.draw.canvas import BLACK, WHITE, Canvas, mix
from inference.pocket.draw.stand import Stand


def cat(canvas: Canvas, stand: Stand) -> None:
    """It sits, with pointed ears and a curved tail."""
    fur, belly = stand.main, mix(stand.main, WHITE, 0.26)
    stand.arc(canvas, 0.1, 0.58, 0.52, 0.02, -70, 110, 0.1, fur)
    stand.disc(canvas, 0, 0.3, 0.3, fur)
    stand.disc(canvas, 0, 0.22, 0.15, belly, flat=1.2)
    for side in (-1, 1):
        ear = ((side * 0.28, 1.06), (side * 0.28, 0.7), (side * 0.02, 0.9))
        stand.area(canvas, ear, fur)
    stand.disc(canvas, 0, 0.72, 0.28, fur, flat=0.9)
    eye = stand.paint((60, 130, 60)) if stand.bright else (250, 215, 70)
    for side in (-1, 1):
        stand.disc(canvas, side * 0.12, 0.75, 0.055, eye)
        stand.disc(canvas, side * 0.12, 0.75, 0.026, (20, 20, 20))
    stand.disc(canvas, 0, 0.63, 0.042, (225, 120, 130))


def dog(canvas: Canvas, stand: Stand) -> None:
    """It sits, with hanging ears and a light muzzle."""
    fur, dark, light = stand.main, mix(stand.main, BLACK, 0.4), mix(stand.main, WHITE, 0.5)
    if sum(stand.colour) < 120:
        dark = stand.paint((92, 84, 84))
    stand.arc(canvas, 0.08, 0.6, 0.5, 0.06, -20, 100, 0.1, fur)
    stand.disc(canvas, 0, 0.3, 0.3, fur)
    stand.disc(canvas, 0, 0.22, 0.15, light, flat=1.2)
    stand.disc(canvas, 0, 0.72, 0.27, fur, flat=0.92)
    for side in (-1, 1):
        stand.disc(canvas, side * 0.28, 0.7, 0.105, dark, flat=2.0)
    stand.disc(canvas, 0, 0.61, 0.14, light, flat=0.85)
    for side in (-1, 1):
        stand.disc(canvas, side * 0.115, 0.79, 0.048, (250, 250, 250))
        stand.disc(canvas, side * 0.115, 0.79, 0.032, (20, 20, 20))
    stand.disc(canvas, 0, 0.66, 0.052, (30, 22, 22))


def fish(canvas: Canvas, stand: Stand) -> None:
    """It swims to the right, with a fin above and a forked tail."""
    body, dark, light = stand.main, mix(stand.main, BLACK, 0.32), mix(stand.main, WHITE, 0.35)
    stand.area(canvas, ((-0.3, 0.5), (-0.7, 0.8), (-0.6, 0.5), (-0.7, 0.2)), dark)
    stand.area(canvas, ((-0.12, 0.74), (0.1, 1.02), (0.22, 0.74)), dark)
    stand.disc(canvas, 0.03, 0.5, 0.48, body, flat=0.64)
    stand.disc(canvas, -0.02, 0.5, 0.09, light, flat=3.1)
    stand.disc(canvas, 0.31, 0.57, 0.08, (250, 250, 250))
    stand.disc(canvas, 0.33, 0.57, 0.042, (20, 20, 20))


def robot(canvas: Canvas, stand: Stand) -> None:
    """A square head with an antenna on a square body."""
    body, dark, light = stand.main, mix(stand.main, BLACK, 0.35), mix(stand.main, WHITE, 0.28)
    for left in (-0.21, 0.07):
        stand.box(canvas, left, 0.16, left + 0.14, 0, dark)
    for left in (-0.39, 0.28):
        stand.box(canvas, left, 0.52, left + 0.11, 0.22, dark)
    stand.round_box(canvas, -0.28, 0.56, 0.28, 0.13, 0.05, body)
    stand.box(canvas, -0.025, 1.06, 0.025, 0.9, dark)
    stand.disc(canvas, 0, 1.07, 0.055, (250, 80, 80))
    stand.round_box(canvas, -0.24, 0.94, 0.24, 0.58, 0.06, light)
    for side in (-1, 1):
        stand.disc(canvas, side * 0.11, 0.79, 0.065, (70, 235, 250) if not stand.bright else (40, 120, 190))
    stand.box(canvas, -0.11, 0.68, 0.11, 0.64, (40, 40, 50))
    stand.box(canvas, -0.11, 0.46, 0.11, 0.28, stand.paint((250, 215, 90)))


def snowman(canvas: Canvas, stand: Stand) -> None:
    """Three balls, a hat, a carrot and a red scarf."""
    coal = stand.paint((40, 40, 50))
    for up, radius, shade in ((0.28, 0.29, 0.07), (0.66, 0.22, 0.04), (0.97, 0.17, 0.02)):
        stand.disc(canvas, 0, up, radius, stand.paint(mix(stand.colour, (200, 215, 235), shade * 4)))
    stand.box(canvas, -0.14, 1.34, 0.14, 1.12, coal)
    stand.box(canvas, -0.22, 1.14, 0.22, 1.08, coal)
    stand.area(canvas, ((0, 1.0), (0.22, 0.94), (0, 0.91)), (245, 140, 40))
    stand.box(canvas, -0.19, 0.86, 0.19, 0.77, stand.paint((214, 46, 50)))
    for side in (-1, 1):
        stand.disc(canvas, side * 0.065, 1.03, 0.03, (20, 20, 24))
