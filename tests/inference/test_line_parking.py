"""Who makes way for whom, what is told of it, and what it costs, when turns are short."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from inference import Cancelled, Done, Failed, FailureCode, ImageRequest, Paused, Progress, UpscaleRequest
from inference.line import Line
from inference.live_job import LiveJob
from inference.messages import Began, Finished, NotParked, Parked, Refused, Stepped, Stopped
from inference.parking import PARKED_PICTURES
from inference.story import Story

MakeRequest = Callable[..., ImageRequest]
Submit = Callable[..., LiveJob]


@pytest.fixture
def line() -> Line:
    line = Line(counters=None, rates=None, quantum=5.0)
    line.seed("pocket", 1.0)
    return line


@pytest.fixture
def submit(line: Line, make_request: MakeRequest) -> Submit:
    """A job of that name and owner, thought to take ten seconds."""

    def put(name: str, owner: str, **said: object) -> LiveJob:
        request = make_request(owner=owner, steps=10, **said)
        live = LiveJob(id=name, request=request, story=Story(), estimate=10.0)
        line.join(live)
        return live

    return put


def give(line: Line, *, slots: int = 1) -> list[str]:
    """What the engine does: begins or goes on with those whose turn it is."""
    given = line.next(slots=slots)
    for live in given:
        if live.parked:
            line.resume(live)
        else:
            live.with_worker = True
            live.attempt += 1
            line.hear(Began(job_id=live.id))
    return [live.id for live in given]


def step(line: Line, name: str, number: int, seconds: float) -> None:
    line.hear(Stepped(job_id=name, step=number, steps=10, compute_seconds=seconds))


def asked_to_park(line: Line, *, slots: int = 1) -> list[str]:
    return [live.id for live in line.to_park(slots=slots)]


def park(line: Line, name: str, number: int, seconds: float) -> None:
    line.hear(Parked(job_id=name, step=number, steps=10, compute_seconds=seconds))
    line.tell_places()


def last_events(live: LiveJob) -> list[object]:
    return [event for _, event in live.story._said]


def test_a_job_makes_way_after_its_turn_and_goes_on(line: Line, submit: Submit) -> None:
    """Asked once; told how long it waits; resumed with its steps kept and charged once for each second."""
    long = submit("long", "ada")
    assert give(line) == ["long"]
    submit("short", "ben")
    step(line, "long", 4, 4.0)
    assert asked_to_park(line) == []
    step(line, "long", 6, 6.0)
    assert asked_to_park(line) == ["long"]
    assert asked_to_park(line) == []
    assert give(line) == []
    park(line, "long", 7, 7.0)
    assert give(line) == ["short"]
    line.tell_places()
    assert long.remaining == pytest.approx(3.0)
    told = last_events(long)[-1]
    assert isinstance(told, Paused)
    assert (told.step, told.steps, told.position) == (7, 10, 1)
    # The other one has a turn of five seconds and is still behind then, so it is done first.
    assert told.resumes_seconds == pytest.approx(10.0)
    step(line, "short", 1, 1.0)
    line.hear(Finished(job_id="short", images=(), compute_seconds=2.0, notes=()))
    assert give(line) == ["long"]
    assert isinstance(last_events(long)[-1], Progress)
    line.hear(Finished(job_id="long", images=(), compute_seconds=11.0, notes=()))
    assert isinstance(long.story.outcome, Done)
    assert line.counters().virtual_time == 11.0


def test_a_paused_job_that_is_cancelled_is_over_at_once(line: Line, submit: Submit) -> None:
    """The worker must be told; what comes from it later is old news."""
    long = submit("long", "ada")
    give(line)
    short = submit("short", "ben")
    step(line, "long", 6, 6.0)
    assert asked_to_park(line) == ["long"]
    park(line, "long", 6, 6.0)
    assert give(line) == ["short"]
    assert line.cancel(long)
    assert long.story.outcome == Cancelled(compute_seconds=6.0)
    assert not line.cancel(long)
    line.hear(Stopped(job_id="long", compute_seconds=6.0))
    assert [entry.job_id for entry in line.entries()] == [short.id]
    line.hear(Stopped(job_id="short", compute_seconds=1.0))
    assert line.counters().virtual_time == 6.0


def test_a_job_cancelled_just_before_it_is_parked_is_over(line: Line, submit: Submit) -> None:
    """The word to cancel overtook nothing: the worker parks it first and forgets it then."""
    long = submit("long", "ada")
    give(line)
    submit("short", "ben")
    step(line, "long", 6, 6.0)
    assert asked_to_park(line) == ["long"]
    assert line.cancel(long)
    assert isinstance(last_events(long)[-1], Progress)
    park(line, "long", 6, 6.5)
    assert long.story.outcome == Cancelled(compute_seconds=6.5)
    assert give(line) == ["short"]


def test_a_paused_job_whose_worker_died_begins_again_and_is_not_suspected(line: Line, submit: Submit) -> None:
    """Its first seconds count for its owner's turn, its outcome names those of its last attempt."""
    long = submit("long", "ada")
    give(line)
    short = submit("short", "ben")
    step(line, "long", 6, 6.0)
    assert asked_to_park(line) == ["long"]
    park(line, "long", 6, 6.0)
    give(line)
    step(line, "short", 1, 1.0)
    line.worker_died("was killed")
    assert (long.suspect, short.suspect) == (False, True)
    assert long.remaining == long.estimate
    assert give(line) == ["short"]
    line.hear(Finished(job_id="short", images=(), compute_seconds=2.0, notes=()))
    assert give(line) == ["long"]
    assert long.attempt == 2
    line.hear(Finished(job_id="long", images=(), compute_seconds=9.0, notes=()))
    assert isinstance(long.story.outcome, Done)
    assert long.story.outcome.compute_seconds == 9.0
    assert line.counters().virtual_time == 15.0


def test_a_failure_beside_a_paused_job_does_not_touch_it(line: Line, submit: Submit) -> None:
    """Out of memory: whoever asked for too much fails, and the paused one goes on where it was."""
    long = submit("long", "ada")
    give(line)
    short = submit("short", "ben")
    step(line, "long", 6, 6.0)
    assert asked_to_park(line) == ["long"]
    park(line, "long", 6, 6.0)
    give(line)
    line.hear(Refused(job_id="short", code=FailureCode.OUT_OF_MEMORY, detail="large", compute_seconds=1.0))
    assert isinstance(short.story.outcome, Failed)
    assert give(line) == ["long"]
    assert (long.step, long.attempt) == (6, 1)


def test_what_cannot_be_parked_is_asked_once_and_runs_through(line: Line, submit: Submit) -> None:
    """Past its last step, or made in one go: the others wait for it."""
    submit("long", "ada")
    give(line)
    submit("short", "ben")
    step(line, "long", 9, 6.0)
    assert asked_to_park(line) == ["long"]
    line.hear(NotParked(job_id="long"))
    step(line, "long", 10, 7.0)
    assert asked_to_park(line) == []
    picture = io.BytesIO()
    Image.new("RGB", (64, 64)).save(picture, format="PNG")
    request = UpscaleRequest(owner="ada", image=picture.getvalue(), factor=2)
    line.join(LiveJob(id="larger", request=request, story=Story(), estimate=10.0))
    line.hear(Finished(job_id="long", images=(), compute_seconds=8.0, notes=()))
    assert give(line) == ["short"]
    line.hear(Finished(job_id="short", images=(), compute_seconds=8.5, notes=()))
    assert give(line) == ["larger"]
    submit("next", "ben")
    step(line, "larger", 1, 60.0)
    assert asked_to_park(line) == []


def test_only_as_many_make_way_as_it_takes(line: Line, submit: Submit) -> None:
    """The one furthest ahead first; those who have had less than who comes stay."""
    for name, owner in (("a", "ada"), ("b", "ben"), ("c", "cleo")):
        submit(name, owner)
    assert give(line, slots=3) == ["a", "b", "c"]
    submit("new", "dan")
    for name, seconds in (("a", 7.0), ("b", 9.0), ("c", 8.0)):
        step(line, name, 5, seconds)
    assert asked_to_park(line, slots=3) == ["b"]
    park(line, "b", 5, 9.0)
    assert give(line, slots=3) == ["new"]
    assert [entry.slots for entry in line.entries() if entry.position == 0] == [(0,), (2,), (1,)]


def test_so_many_pictures_are_kept_and_no_more(line: Line, submit: Submit) -> None:
    """Beyond that whoever runs is let run, and so is who needs another model than those that are kept."""
    parked = []
    for number in range(PARKED_PICTURES // 4 + 1):
        name = f"job {number:02}"
        submit(name, f"owner {number:02}", count=4)
        assert give(line, slots=4) == [name]
        submit(f"newcomer {number:02}", f"newcomer {number:02}")
        step(line, name, 5, 6.0)
        step(line, name, 6, 7.0)
        parked += asked_to_park(line, slots=4)
        if name in parked:
            park(line, name, 6, 7.0)
            assert give(line, slots=4) == [f"newcomer {number:02}"]
            line.hear(Stopped(job_id=f"newcomer {number:02}", compute_seconds=7.0))
    assert len(parked) == PARKED_PICTURES // 4


def test_who_needs_another_model_than_the_parked_ones_runs_through(line: Line, submit: Submit) -> None:
    """With what is parked and what comes, there are two models in memory, and never three."""
    line.seed("other", 1.0)
    submit("first", "ada")
    give(line)
    submit("second", "ben", model="other")
    step(line, "first", 5, 6.0)
    assert asked_to_park(line) == ["first"]
    park(line, "first", 5, 6.0)
    assert give(line) == ["second"]
    step(line, "second", 5, 7.0)
    assert asked_to_park(line) == []
