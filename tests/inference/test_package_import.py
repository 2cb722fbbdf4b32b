"""What importing the package does."""

import subprocess
import sys


def test_importing_inference_imports_no_compute_library() -> None:
    """The bot imports `inference` and must stay small: torch is the worker's alone."""
    heavy = ("torch", "diffusers", "transformers", "numpy", "PIL", "scipy")
    code = f"import sys, inference; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
