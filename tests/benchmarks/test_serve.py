"""The benchmark itself: everything it promises is in its answer, and the engine keeps its own promises."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import scaling
from benchmarks.scaling import Curve, Point

ROOT = Path(__file__).parents[2]


def test_the_scaling_curve_is_a_table_and_a_plot(tmp_path: Path) -> None:
    """Pictures a second beside one alone, and beside what matrix products reach."""
    points = tuple(
        Point(pictures=count, tick_s=0.1 * count, decode_s=0.5, images_per_s=rate, tflops=rate / 2)
        for count, rate in ((1, 0.5), (2, 0.75))
    )
    curve = Curve(
        model="Pocket",
        device="cpu with 1 threads",
        precision="float32",
        compiled=False,
        tflop_a_picture=0.5,
        matrix_tflops=0.5,
        points=points,
    )
    text = scaling.table(curve)
    assert "| 2 | 200.0 | 500.0 | 0.75 | 1.50 | 75% |" in text
    assert "(scaling.png)" in text
    scaling.plot(curve, tmp_path / "scaling.png")
    assert (tmp_path / "scaling.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.soak
def test_a_quick_run_answers_with_one_object() -> None:
    """Every arm, the lone request, fairness within its bound, a cancel within two ticks, agreement."""
    command = [sys.executable, "-m", "benchmarks.serve", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    (line,) = done.stdout.splitlines()
    said = json.loads(line)
    assert set(said["arms"]) == {"stock", "stock_compiled", "request_batching", "engine"}
    for name in ("stock", "request_batching", "engine"):
        assert set(said["arms"][name]) == {"images_per_s", "goodput", "p50_s", "p95_s", "p99_s"}
        assert said["arms"][name]["images_per_s"] > 0
    assert set(said["lone"]) == {"stock_s", "engine_s"}
    assert 0 <= said["fairness"]["gap_s"] <= said["fairness"]["bound_s"]
    assert said["fairness"]["jain"] >= 0.98
    assert said["fairness"]["victim_p95_s"] > 0
    assert said["fairness"]["victim_alone_p95_s"] > 0
    assert said["cancel_ticks"] <= 2
    assert said["agreement"]["max_abs"] <= 1
