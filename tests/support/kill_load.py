"""People who ask for pictures and press buttons while a bot dies and comes back."""

import asyncio
import contextlib
import random
import time
from typing import Final

from kill_watch import Watch, more_of

from bot.playground import LoopbackDiscord, Message, Person, Refusal

NAMES: Final = ("ada", "ben", "mia", "ida", "lou", "max")
BUTTONS_SHARE: Final = 0.4
CANCELS_SHARE: Final = 0.01
COLOURS: Final = ("red", "blue", "green", "yellow", "white", "black")
PRIVATE_SHARE: Final = 0.1
TROUBLED: Final = (
    "POST /interactions",
    "PATCH /webhooks",
    "POST /channels",
    "PATCH /channels",
    "GET /webhooks",
)
THINGS: Final = ("house", "boat", "star", "tree", "moon", "cat")


class Load:
    """Everybody in one channel.

    Args:
        random_numbers: chooses what each does next.

    Attributes:
        waits: seconds until somebody who asked was answered; those who never were are not in it.
        asked: how often somebody asked for pictures; what turned out to be made already is taken off again.
    """

    def __init__(self, discord: LoopbackDiscord, watch: Watch, random_numbers: random.Random) -> None:
        self._discord = discord
        self._watch = watch
        self._random = random_numbers
        self._people = [_person(discord, name) for name in NAMES]
        self._asking: set[asyncio.Task[None]] = set()
        self.asked = 0
        self.waits: list[float] = []

    async def burst(self, requests: int, *, over: float) -> None:
        """Have so many things asked for, spread over some seconds; answers are not waited for."""
        for _ in range(requests):
            person = self._random.choice(self._people)
            task = asyncio.create_task(self._act(person))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
            await asyncio.sleep(self._random.uniform(0, 2 * over / requests))

    def trouble(self) -> None:
        """Discord answers a few of the next requests badly, before or after it has acted upon them."""
        for _ in range(self._random.randint(1, 4)):
            where, after = self._random.choice(TROUBLED), self._random.random() < 0.5
            match self._random.choice(("reset", "error", "limit", "delay")):
                case "reset":
                    self._discord.faults.reset(where, after=after)
                case "error":
                    self._discord.faults.error(
                        where, after=after, status=self._random.choice((500, 502, 503))
                    )
                case "limit":
                    self._discord.faults.rate_limit(where, retry_after=self._random.uniform(0.05, 1.0))
                case _:
                    self._discord.faults.delay(where, seconds=self._random.uniform(0.1, 1.5))

    async def answered(self) -> None:
        """Wait until everybody has heard something, or that the application did not respond.

        Raises:
            Exception: whatever but a refusal became of somebody's asking.
        """
        while self._asking:
            await asyncio.gather(*self._asking)

    async def _act(self, person: Person) -> None:
        choice = self._random.random()
        began = time.perf_counter()
        with contextlib.suppress(Refusal):  # a bot that is dead does not answer: that is the trial
            if choice < CANCELS_SHARE and self._watch.cancellable:
                message = self._random.choice(list(self._watch.cancellable.values()))
                await person.press(message, "Cancel")
            elif choice < CANCELS_SHARE + BUTTONS_SHARE and self._watch.finished:
                await self._press(person)
            else:
                await self._imagine(person)
            self.waits.append(time.perf_counter() - began)

    async def _press(self, person: Person) -> None:
        message = self._random.choice(list(self._watch.finished.values())[-20:])
        button = self._random.choice(more_of(message) or [""])
        if not button:
            await self._imagine(person)
            return
        self.asked += 1
        answer = await person.press(message, custom_id=button)
        if isinstance(answer, Message) and "made larger already" in answer.text:
            self.asked -= 1
        if isinstance(answer, Message) and "being made larger" in answer.text:
            self.asked -= 1

    async def _imagine(self, person: Person) -> None:
        self.asked += 1
        words = f"a {self._random.choice(COLOURS)} {self._random.choice(THINGS)}"
        seed, steps = self._random.randrange(2**32), self._random.randint(3, 20)
        await person.command(
            "imagine",
            prompt=words,
            seed=seed,
            steps=steps,
            count=self._random.randint(1, 2),
            private=self._random.random() < PRIVATE_SHARE,
        )


def _person(discord: LoopbackDiscord, name: str) -> Person:
    world = discord.world
    known = {user.name for user in world.users.values()}
    if name not in known:
        studio = next(guild for guild in world.guilds.values() if guild.name == "Easel Studio")
        world.join(studio, world.add_user(name))
    return discord.person(name, channel="studio")
