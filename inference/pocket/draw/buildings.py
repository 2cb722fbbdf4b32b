"""A house, a castle, a lighthouse."""

from inference.pocket.draw.canvas import BLACK, WHITE, Canvas, mix
from inference.pocket.draw.stand import Stand


def house(canvas: Canvas, stand: Stand) -> None:
    """A gabled house with a door and two windows."""
    red, green, _ = stand.colour
    roof = stand.paint((84, 62, 62) if red > 110 and green < 100 else (158, 62, 48))
    stand.box(canvas, -0.5, 0.56, 0.5, 0, stand.main)
    stand.area(canvas, ((-0.63, 0.55), (0, 1.02), (0.63, 0.55)), roof)
    stand.box(canvas, -0.1, 0.34, 0.1, 0, stand.paint((92, 58, 40)))
    for left in (-0.4, 0.2):
        stand.box(canvas, left, 0.43, left + 0.2, 0.21, stand.window)


def castle(canvas: Canvas, stand: Stand) -> None:
    """A battlemented wall with a gate between two towers with pointed roofs."""
    dark = mix(stand.main, BLACK, 0.5)
    stand.box(canvas, -0.42, 0.5, 0.42, 0, stand.main)
    for left in (-0.26, -0.06, 0.14):
        stand.box(canvas, left, 0.58, left + 0.12, 0.49, stand.main)
    for middle in (-0.46, 0.46):
        stand.box(canvas, middle - 0.15, 0.74, middle + 0.15, 0, mix(stand.main, WHITE, 0.16))
        roof = ((middle - 0.21, 0.73), (middle, 1.08), (middle + 0.21, 0.73))
        stand.area(canvas, roof, stand.paint((176, 56, 68)))
        stand.box(canvas, middle - 0.05, 0.6, middle + 0.05, 0.44, stand.window if stand.night else dark)
    stand.dome(canvas, -0.14, 0.36, 0.14, 0.0, dark)
    stand.box(canvas, -0.14, 0.18, 0.14, 0, dark)


def lighthouse(canvas: Canvas, stand: Stand) -> None:
    """A striped tower with a lamp, which throws its beam by night."""
    tower = ((-0.17, 0.0), (0.17, 0.0), (0.11, 0.84), (-0.11, 0.84))
    stripe, plain = stand.main, stand.paint((246, 246, 242))
    if stand.bright:
        plain = stand.paint((196, 60, 56))
    stand.area(canvas, tower, plain)
    for low in (0.0, 0.34, 0.68):
        high = min(low + 0.17, 0.84)
        below, above = 0.17 - 0.0714 * low, 0.17 - 0.0714 * high
        stand.area(canvas, ((-below, low), (below, low), (above, high), (-above, high)), stripe)
    if stand.night:
        stand.area(canvas, ((0, 0.94), (-1.9, 1.24), (-1.9, 0.68)), (255, 240, 150, 80))
    stand.box(canvas, -0.15, 0.87, 0.15, 0.83, stand.paint((60, 50, 60)))
    stand.box(canvas, -0.09, 1.02, 0.09, 0.87, (255, 230, 120))
    stand.area(canvas, ((-0.14, 1.01), (0, 1.17), (0.14, 1.01)), stand.paint((60, 50, 60)))
