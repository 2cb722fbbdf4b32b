"""What people read of rules: whose, how much, when it changes."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.quota import (
    ANY_MODEL,
    DAY,
    EVERYONE,
    NO_LIMIT,
    SERVER,
    Budget,
    Policies,
    Policy,
    Refused,
    Scope,
    ScopeKind,
    Why,
    bounds,
    parse_hours,
)
from bot.render import policy_words, quota_words
from bot.render.policy_words import about_pictures
from bot.store import Ban

WEEK = timedelta(days=7)
ROLE = Scope(ScopeKind.ROLE, 7)
TEXT_LIMIT = 4_000
"""Characters of text a message may have in all (Discord, “Component reference”)."""


def refused(why: Why, *, by: Scope = EVERYONE, **fields: object) -> str:
    return quota_words.refused(Refused(why=why, by=by, **fields))  # type: ignore[arg-type]


def test_a_spent_budget_says_what_is_left_and_when_it_refills() -> None:
    """Not only no; and that nothing was charged."""
    frees = datetime.now(UTC) + timedelta(hours=2)
    said = refused(Why.BUDGET, asked=5, left=2, limit=60, window=DAY, frees_at=frees)
    assert "2 s of your 60 s of compute a day" in said
    assert f"<t:{int(frees.timestamp())}:R>" in said
    assert said.endswith("Nothing was charged.")
    never = refused(Why.BUDGET, asked=90, left=60, limit=60, window=WEEK)
    assert "more than there ever is" in never
    assert "a week" in never
    used_up = refused(Why.BUDGET, asked=9, left=0, limit=60, window=DAY, frees_at=frees)
    assert "Your 60 s of compute a day are used up" in used_up


def test_whose_budget_it_is_is_said() -> None:
    """A channel's, the server's: it is not the person's fault."""
    for by, who in ((Scope(ScopeKind.CHANNEL, 5), "<#5> has"), (SERVER, "This server has")):
        assert who in refused(Why.BUDGET, by=by, asked=5, left=2, limit=60, window=DAY)


def test_every_no_says_what_would_do() -> None:
    """Each of its own kind."""
    assert "3 waiting" in refused(Why.WAITING, asked=3, limit=3)
    assert "/cancel" in refused(Why.WAITING, asked=3, limit=3)
    assert "in this server" in refused(Why.WAITING, by=SERVER, asked=3, limit=3)
    assert "at most 20 steps; this asks for 30" in refused(Why.STEPS, by=ROLE, asked=30, limit=20)
    assert "<@&7>" in refused(Why.STEPS, by=ROLE, asked=30, limit=20)
    assert "`pocket`" in refused(Why.MODEL, models=("pocket",))
    opens = datetime(2026, 1, 2, 8, tzinfo=UTC)
    assert f"<t:{int(opens.timestamp())}:t>" in refused(Why.HOURS, frees_at=opens)
    for why in Why:
        assert refused(why, window=DAY).endswith("Nothing was charged.")


def test_a_ban_says_until_when_and_why_and_mentions_nobody() -> None:
    """What a moderator wrote is text."""
    at = datetime(2026, 1, 2, tzinfo=UTC)
    said = quota_words.banned(Ban(guild_id=1, user_id=2, at=at, until=at + WEEK, by=3, why="@everyone **x**"))
    assert f"<t:{int((at + WEEK).timestamp())}:f>" in said
    assert "@everyone" not in said
    assert "**x**" not in said


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (DAY, "a day"),
        (WEEK, "a week"),
        (timedelta(hours=1), "an hour"),
        (timedelta(days=3), "every 3 days"),
        (timedelta(hours=5), "every 5 hours"),
    ],
)
def test_windows_have_names(window: timedelta, said: str) -> None:
    """The usual ones, and any other."""
    assert quota_words.each(window) == said


def test_a_rule_is_one_line_of_all_it_says() -> None:
    """In the order of what matters most."""
    rule = Policy(
        budget=Budget(seconds=600, burst=60),
        waiting=1,
        running=NO_LIMIT,
        side=512,
        models=frozenset({"sd", "pocket"}),
        hours=(parse_hours("8-18", "UTC"),),
        weight=2,
        exempt=True,
    )
    assert policy_words.policy(rule, 0.6) == (
        "10 min of compute a day (about 1,000 pictures), at most 1 min at once; 1 job waiting; "
        "any number of jobs at once; pictures up to 512 px; models pocket, sd; 08:00–18:00 UTC; "
        "2 × the share of the GPU; exempt from members' limits"
    )
    free = Policy(budget=Budget(seconds=NO_LIMIT), models=frozenset({ANY_MODEL}), hours=())
    assert policy_words.policy(free, 1) == "no limit on compute; any model; at any hour"


def test_pictures_are_counted_no_more_precisely_than_they_are_known() -> None:
    """Two digits; none where it is less than one, or nobody knows what one costs."""
    assert about_pictures(60, 0.7) == " (about 86 pictures)"
    assert about_pictures(600, 0.7) == " (about 860 pictures)"
    assert about_pictures(0.5, 0.7) == ""
    assert about_pictures(60, 0) == ""
    assert about_pictures(NO_LIMIT, 1) == ""


def test_rules_without_end_fit_one_card() -> None:
    """The rest is counted."""
    own = {Scope(ScopeKind.ROLE, 1191168926810112003 + n): Policy(waiting=100, steps=9) for n in range(70)}
    text = policy_words.rules(Policies(default=Policy(), own=own), 1.0)
    assert text.count("<@&") == 15
    assert "… and 55 more" in text
    assert len(text) < TEXT_LIMIT / 2


def test_why_tells_which_rule_decides_each_limit() -> None:
    """Of several that bound it, the one that is met first; what bounds nothing is left out."""
    own = {
        ROLE: Policy(budget=Budget(seconds=600), steps=30, weight=2),
        SERVER: Policy(steps=20, budget=Budget(seconds=3600)),
    }
    found = bounds(Policies(default=Policy(waiting=3), own=own), member=1, roles=[7], channel=2)
    assert policy_words.deciding(found, 0).splitlines() == [
        "- compute: **10 min of compute a day**, by the rule for <@&7>",
        "- compute: **1 h of compute a day**, by the rule for the whole server together",
        "- jobs waiting: **3 jobs waiting**, by Easel's default",
        "- steps: **20 steps**, by the rule for the whole server together",
        "- share of the GPU: **2 × the share of the GPU**, by the rule for <@&7>",
    ]
