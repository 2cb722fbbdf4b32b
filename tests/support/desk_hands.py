"""A moderator's hands at the desk: the list of jobs, its forms, and what stands on the panels."""

from house import PICTURES, House, is_drawing

from bot.playground import Message, Modal, Person
from bot.playground.components import walk

DESK = "easel:1:desk:"


def ids(house: House) -> list[str]:
    """The ids of all jobs, oldest first."""
    return [str(job) for (job,) in house.rows("SELECT id FROM jobs ORDER BY number")]


def newest_id(house: House) -> str:
    return ids(house)[-1]


async def manage(
    person: Person, panel: Message, job: str, act: str, why: str = "", *, page: int = 0
) -> Message | None:
    """Press a job's Manage in the list, fill its form in, send it off."""
    modal = await person.press(panel, custom_id=f"{DESK}manage:{job}.{page}")
    assert isinstance(modal, Modal)
    return await person.submit(modal, {"act": [act], "why": why})


async def choose(person: Person, panel: Message, what: str, *values: str) -> None:
    """Pick values in one of the panel's menus."""
    await person.choose(panel, f"{DESK}{what}", list(values))


async def drawing(house: House, person: Person, prompt: str, **options: object) -> Message:
    """A job that the worker has begun."""
    reply = await person.command("imagine", prompt=prompt, **{"steps": 60, "count": 1, **options})
    await house.discord.until(lambda: is_drawing(reply), timeout=PICTURES)
    return reply


def chosen(panel: Message, what: str) -> list[str]:
    """What a menu shows as chosen: values, or the names of channels."""
    menu = next(each for _, each in walk(panel.components) if each.get("custom_id") == f"{DESK}{what}")
    return [each["value"] for each in menu.get("options", ()) if each.get("default")] + [
        each["id"] for each in menu.get("default_values") or ()
    ]
