"""`easel imagine` from a shell, with the real engine and the bundled model."""

import io
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from bot.out_files import UnwritableOut, plan, write
from inference.job import ImageResult
from inference.request import ImageRequest

PNG = b"\x89PNG\r\n\x1a\n"
COMMAND = [sys.executable, "-m", "bot", "imagine"]
REQUEST = ImageRequest(
    prompt="A red house, by the sea!",
    owner="terminal",
    model="pocket",
    width=128,
    height=128,
    steps=2,
    guidance_scale=3.5,
    sampler="ddim",
    seed=2**32 - 1,
    count=2,
)


def easel(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [*COMMAND, *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done


def test_a_picture_is_made_and_made_again(tmp_path: Path) -> None:
    """One JSON object on standard output; the same seed gives the same file, another seed another picture."""
    prompt = "a green field under a blue sky"
    words = ["--steps", "3", "--count", "2", "--sampler", "ddim", "--seed", "7", "--out", "a.png", "--json"]
    made = json.loads(easel(tmp_path, prompt, *words).stdout)
    seconds = made.pop("seconds")
    assert seconds > 0
    assert made == {
        "images": ["a-1.png", "a-2.png"],
        "seed": 7,
        "seeds": [7, 8],
        "steps": 3,
        "guidance": 2.0,
        "sampler": "ddim",
        "model": "pocket",
        "width": 128,
        "height": 128,
    }
    first, second = ((tmp_path / name).read_bytes() for name in made["images"])
    assert first.startswith(PNG)
    assert first != second
    again = easel(
        tmp_path, "--", *prompt.split(), "--steps", "3", "--sampler", "ddim", "--seed", "7", "--count", "2"
    )
    paths = [f"a-green-field-under-a-blue-sky-{seed}.png" for seed in (7, 8)]
    assert again.stdout.splitlines() == paths
    assert [(tmp_path / path).read_bytes() for path in paths] == [first, second]
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize(("name", "begins"), [("a.webp", b"RIFF"), ("a.jpg", b"\xff\xd8"), ("a.png", PNG)])
def test_the_suffix_says_the_format(tmp_path: Path, name: str, begins: bytes) -> None:
    """A PNG stays byte for byte what the engine made; others are encoded from it, the same each time."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "PNG")
    picture = ImageResult(index=0, seed=0, width=8, height=8, png=buffer.getvalue())
    contents = set()
    for _ in range(2):
        write(tmp_path / name, picture)
        contents.add((tmp_path / name).read_bytes())
    (content,) = contents
    assert content.startswith(begins)
    assert name != "a.png" or content == picture.png


def test_a_picture_is_made_from_a_picture(tmp_path: Path) -> None:
    """It has the shape of the one it began from, stays near it, and its settings say how far it went."""
    Image.new("RGB", (300, 200), (20, 200, 20)).save(tmp_path / "field.jpg")
    words = ["--steps", "4", "--seed", "7", "--image", "field.jpg", "--strength", "0.3", "--sampler", "ddim"]
    easel(tmp_path, "a green field", *words, "--out", "a.png")
    with Image.open(tmp_path / "a.png") as made:
        assert made.size == (160, 104)
        red, green, blue = made.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
        assert green > 2 * max(red, blue)
        assert "Denoising strength: 0.3" in made.info["parameters"]


def test_parts_of_a_picture_are_painted_anew(tmp_path: Path) -> None:
    """Where the mask is black the picture stays."""
    Image.new("RGB", (128, 128), (20, 200, 20)).save(tmp_path / "field.png")
    mask = Image.new("L", (128, 128))
    mask.paste(255, (0, 0, 128, 64))
    mask.save(tmp_path / "mask.png")
    words = ["--image", "field.png", "--mask", "mask.png", "--steps", "4", "--seed", "7", "--sampler", "ddim"]
    easel(tmp_path, "a red sky", *words, "--out", "a.png")
    with Image.open(tmp_path / "a.png") as made:
        assert "Mask SHA-256" in made.info["parameters"]
        assert "Denoising strength: 1" in made.info["parameters"]
        red, green, blue = made.crop((0, 80, 128, 128)).resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
        assert green > 2 * max(red, blue)
        red, green, blue = made.crop((0, 0, 128, 48)).resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
        assert green < 2 * max(red, blue)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--image", "none.png"], "easel: the image cannot be used: it cannot be opened"),
        (["--image", "a.txt"], "easel: the image cannot be used: it is no PNG, JPEG or WebP picture"),
        (["--mask", "none.png"], "easel: the mask cannot be used: it cannot be opened"),
        (
            ["--strength", "0.5"],
            "easel: strength must be said together with a picture to begin from, not 0.5",
        ),
    ],
)
def test_an_image_that_cannot_be_used_is_refused(tmp_path: Path, words: list[str], said: str) -> None:
    """One line says why, with exit code 2."""
    (tmp_path / "a.txt").write_text("words")
    done = subprocess.run(
        [*COMMAND, "a house", *words], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{said}\n")


def test_a_terminal_sees_progress_and_may_interrupt(tmp_path: Path) -> None:
    """A bar on a terminal; Ctrl-C leaves with 130, one line, no picture."""
    leader, follower = pty.openpty()
    words = ["a house", "--steps", "150", "--count", "10", "--out", "a.png"]
    with subprocess.Popen(
        [*COMMAND, *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=follower,
        env={**os.environ, "TERM": "xterm"},
    ) as running:
        os.close(follower)
        seen = b""
        interrupted = False
        while True:
            try:
                part = os.read(leader, 4096)
            except OSError:  # what Linux says when the other end of a terminal is closed
                break
            if not part:
                break
            seen += part
            if not interrupted and b"Painting" in seen:
                running.send_signal(signal.SIGINT)
                interrupted = True
    os.close(leader)
    assert running.returncode == 130
    assert seen.endswith(b"easel: cancelled\r\n")
    assert list(tmp_path.iterdir()) == []


def test_names_are_made_from_prompt_and_seed(tmp_path: Path) -> None:
    """In a folder each picture is called by the words and its own seed."""
    assert plan(tmp_path, REQUEST) == (
        tmp_path / "a-red-house-by-the-sea-4294967295.png",
        tmp_path / "a-red-house-by-the-sea-0.png",
    )
    assert plan(tmp_path / "x.jpg", REQUEST) == (tmp_path / "x-1.jpg", tmp_path / "x-2.jpg")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    """A picture does not replace a folder."""
    (tmp_path / "x-2.png").mkdir()
    with pytest.raises(UnwritableOut, match="there is a folder of that name"):
        plan(tmp_path / "x.png", REQUEST)
