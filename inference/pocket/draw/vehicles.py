"""A boat, a rocket, a car, a hot air balloon."""

from inference.pocket.draw.canvas import BLACK, WHITE, Canvas, mix
from inference.pocket.draw.stand import Stand


def boat(canvas: Canvas, stand: Stand) -> None:
    """A hull in its colour under two sails."""
    stand.box(canvas, -0.025, 1.05, 0.025, 0.2, stand.paint((90, 65, 45)))
    sail = stand.paint((250, 247, 238))
    stand.area(canvas, ((0.06, 1.02), (0.06, 0.28), (0.52, 0.28)), sail)
    stand.area(canvas, ((-0.06, 0.86), (-0.06, 0.28), (-0.42, 0.28)), mix(sail, BLACK, 0.1))
    stand.area(canvas, ((-0.62, 0.22), (0.62, 0.22), (0.4, -0.06), (-0.4, -0.06)), stand.main)


def rocket(canvas: Canvas, stand: Stand) -> None:
    """Upright, with a round window, fins and a flame."""
    dark, light = mix(stand.main, BLACK, 0.32), mix(stand.main, WHITE, 0.32)
    stand.area(canvas, ((-0.15, 0.06), (0, -0.3), (0.15, 0.06)), (255, 165, 50))
    stand.area(canvas, ((-0.08, 0.06), (0, -0.17), (0.08, 0.06)), (255, 235, 120))
    for side in (-1, 1):
        stand.area(canvas, ((side * 0.14, 0.38), (side * 0.38, 0), (side * 0.14, 0.06)), dark)
    stand.dome(canvas, -0.19, 1.1, 0.19, 0.3, light)
    stand.box(canvas, -0.19, 0.7, 0.19, 0.04, stand.main)
    stand.disc(canvas, 0, 0.5, 0.13, (240, 240, 240))
    stand.disc(canvas, 0, 0.5, 0.09, (110, 195, 240))


def car(canvas: Canvas, stand: Stand) -> None:
    """Seen from the side, driving to the right."""
    if stand.night:
        stand.area(canvas, ((0.7, 0.32), (1.5, 0.46), (1.5, 0.02)), (255, 240, 150, 90))
    stand.area(canvas, ((-0.42, 0.4), (-0.27, 0.74), (0.25, 0.74), (0.47, 0.4)), stand.main)
    stand.round_box(canvas, -0.75, 0.43, 0.75, 0.1, 0.09, stand.main)
    stand.area(canvas, ((-0.31, 0.42), (-0.2, 0.66), (-0.03, 0.66), (-0.03, 0.42)), stand.window)
    stand.area(canvas, ((0.05, 0.42), (0.05, 0.66), (0.21, 0.66), (0.35, 0.42)), stand.window)
    tyre = (70, 70, 76) if sum(stand.colour) < 120 else (28, 28, 32)
    for side in (-0.42, 0.42):
        stand.disc(canvas, side, 0.12, 0.16, tyre)
        stand.disc(canvas, side, 0.12, 0.07, (190, 190, 195))


def balloon(canvas: Canvas, stand: Stand) -> None:
    """A hot air balloon: an envelope with a light stripe, and a basket."""
    light = mix(stand.main, WHITE, 0.38)
    stand.disc(canvas, 0, 0.7, 0.42, stand.main)
    stand.area(canvas, ((-0.37, 0.5), (0.37, 0.5), (0.09, 0.12), (-0.09, 0.12)), stand.main)
    stand.disc(canvas, 0, 0.7, 0.16, light, flat=2.6)
    stand.area(canvas, ((-0.14, 0.46), (0.14, 0.46), (0.05, 0.12), (-0.05, 0.12)), light)
    stand.box(canvas, -0.1, 0.08, 0.1, -0.08, stand.paint((120, 78, 45)))
