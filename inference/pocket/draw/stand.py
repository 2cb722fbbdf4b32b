"""Where and how a subject stands."""

from dataclasses import dataclass

from inference.pocket.draw.canvas import Canvas, Point, Rgb, lit

_LAMP: Rgb = (255, 220, 110)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A subject's place on the canvas.

    Attributes:
        x, y: the middle of its base, in supersampled pixels.
        height: about how tall it is, likewise.
        colour: its main colour, before the light falls on it.
        light: what the time of day does to colours.
        night: whether windows are lit and lamps shine.
    """

    x: float
    y: float
    height: float
    colour: Rgb
    light: tuple[float, float, float] = (1, 1, 1)
    night: bool = False

    @property
    def main(self) -> Rgb:
        """Its colour under the light."""
        return lit(self.colour, self.light)

    @property
    def window(self) -> Rgb:
        """Glass by day, lamplight by night."""
        return _LAMP if self.night else lit((120, 170, 210), self.light)

    @property
    def bright(self) -> bool:
        """Whether its colour is light: details on it are then dark."""
        return sum(self.colour) > 560

    def paint(self, colour: Rgb) -> Rgb:
        """Any other colour under the same light."""
        return lit(colour, self.light)

    def at(self, right: float, up: float) -> Point:
        """A point so many heights to the right of its middle and above its base."""
        return self.x + self.height * right, self.y - self.height * up

    def area(self, canvas: Canvas, points: tuple[Point, ...], colour: tuple[int, ...]) -> None:
        """A polygon of points in heights."""
        canvas.area([self.at(*point) for point in points], colour)

    def box(
        self, canvas: Canvas, left: float, top: float, right: float, bottom: float, colour: tuple[int, ...]
    ) -> None:
        """A rectangle in heights; `top` is above `bottom`."""
        canvas.box(*self.at(left, top), *self.at(right, bottom), colour)

    def round_box(
        self, canvas: Canvas, left: float, top: float, right: float, bottom: float, round_: float, colour: Rgb
    ) -> None:
        """A rectangle with rounded corners."""
        corners = (*self.at(left, top), *self.at(right, bottom))
        canvas.pen.rounded_rectangle(corners, self.height * round_, fill=colour)

    def disc(
        self,
        canvas: Canvas,
        right: float,
        up: float,
        radius: float,
        colour: tuple[int, ...],
        flat: float = 1.0,
    ) -> None:
        """A circle, or an ellipse `flat` times as high as wide."""
        canvas.disc(*self.at(right, up), self.height * radius, colour, flat=flat)

    def arc(
        self,
        canvas: Canvas,
        left: float,
        top: float,
        right: float,
        bottom: float,
        start: float,
        end: float,
        width: float,
        colour: Rgb,
    ) -> None:
        """A piece of an ellipse's outline, angles in degrees, clockwise from the right."""
        corners = (*self.at(left, top), *self.at(right, bottom))
        canvas.pen.arc(corners, start, end, fill=colour, width=max(2, round(self.height * width)))

    def dome(self, canvas: Canvas, left: float, top: float, right: float, bottom: float, colour: Rgb) -> None:
        """The upper half of an ellipse."""
        canvas.pen.pieslice((*self.at(left, top), *self.at(right, bottom)), 180, 360, fill=colour)
