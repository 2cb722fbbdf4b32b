"""The doctor finds what is wrong, and says what to do; it changes nothing and shows no secret."""

import asyncio
import json
import sqlite3
import struct
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.ops import look_at_machine, look_at_models, look_at_storage
from bot.ops.doctor import examine, healthy
from bot.store import Store
from bot.store.migrate import shipped_migrations
from inference.models import POCKET, Catalogue, ModelInfo


def weights(path: Path, *, cut: int = 0) -> None:
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((struct.pack("<Q", len(header)) + header + bytes(8))[: -cut or None])


def own_model(folder: Path) -> Catalogue:
    return Catalogue([ModelInfo(name="own", title="Own", source=str(folder), about="")])


def test_a_healthy_machine(tmp_path: Path) -> None:
    """Every check has its line; a missing token is no illness; torch stays out of this process."""
    token = "very-secret"
    env = {"EASEL_STORAGE__FOLDER": str(tmp_path / "data"), "DISCORD_TOKEN": token}
    before = "torch" in sys.modules
    checks = examine(None, env)
    assert healthy(checks), checks
    names = [
        "python",
        "libraries",
        "sqlite",
        "config",
        "token",
        "storage",
        "disk",
        "database",
        "gpu",
        "clock",
    ]
    assert {check.name for check in checks} >= {*names, "model pocket"}
    assert all("\n" not in str(check) for check in checks)
    assert token not in str(checks)
    assert ("torch" in sys.modules) == before
    assert not (tmp_path / "data").exists()


def test_a_wrong_configuration_is_a_problem(tmp_path: Path) -> None:
    """Each fault of the file is a line, beside what can be checked without it."""
    path = tmp_path / "config.toml"
    path.write_text("[quota]\nx = 1\n[log]\ny = 2\n", encoding="utf-8")
    checks = examine(path, {})
    assert [check.said for check in checks if check.verdict == "problem"] == [
        "quota.x: there is no such key",
        "log.y: there is no such key",
    ]
    assert not healthy(checks)


def test_versions_are_judged() -> None:
    """Too old an interpreter or SQLite is a problem; the WAL-reset bug is worth a word."""
    assert look_at_machine.python((3, 10, 9)).verdict == "problem"
    assert look_at_machine.sqlite((3, 36, 0)).verdict == "problem"
    assert "WAL-reset bug" in look_at_machine.sqlite((3, 51, 2)).said
    assert look_at_machine.sqlite((3, 51, 3)).said == "3.51.3"


@pytest.mark.parametrize(
    ("device", "seen", "verdict"),
    [
        ("auto", {"cuda": True, "name": "H200", "mps": False}, "ok"),
        ("cpu", {"cuda": False, "name": "", "mps": True}, "ok"),
        ("cuda:0", {"cuda": False, "name": "", "mps": False}, "problem"),
        ("mps", {"cuda": False, "name": "", "mps": False}, "problem"),
    ],
)
def test_the_gpu_is_what_torch_says(device: str, seen: dict[str, object], verdict: str) -> None:
    """A process of its own is asked; a device that is asked for and missing is a problem."""
    assert look_at_machine.gpu(device, ask=f"print({json.dumps(json.dumps(seen))})").verdict == verdict


def test_a_torch_that_does_not_start_is_a_problem() -> None:
    """Whatever it prints or however it dies."""
    assert look_at_machine.gpu("auto", ask="import nothing_of_that_name").verdict == "problem"


def test_a_clock_behind_the_files_is_a_problem() -> None:
    """Quotas go by the time."""
    now = datetime.now(UTC)
    assert look_at_machine.clock(now).verdict == "ok"
    assert look_at_machine.clock(now - timedelta(days=9000)).verdict == "problem"
    assert look_at_machine.clock(now.replace(year=2150, day=1)).verdict == "problem"


async def test_the_database_is_looked_at_while_in_use(tmp_path: Path) -> None:
    """Whole, older, newer, damaged, not Easel's; looking changes nothing."""
    store = await Store.open(tmp_path)
    said = (await asyncio.to_thread(look_at_storage.database, tmp_path)).said
    assert said == f"whole, schema {len(shipped_migrations())}"
    await store.close()
    path = tmp_path / "easel.db"
    assert look_at_storage.database(tmp_path).verdict == "ok"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    newer = look_at_storage.database(tmp_path)
    assert newer.verdict == "problem"
    assert newer.mend.startswith("update Easel, or put back")
    path.write_bytes(b"not a database" * 1000)
    before = path.read_bytes()
    damaged = look_at_storage.database(tmp_path)
    assert damaged.verdict == "problem"
    assert "easel restore" in damaged.mend
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_a_problem() -> None:
    """Asked by trying, so that it holds for everybody, the superuser included."""
    (check,) = look_at_storage.folder(Path("/proc/easel"))
    assert check.verdict == "problem"


def test_the_bundled_model_is_whole() -> None:
    """The pocket model's headers agree with its files."""
    (check,) = look_at_models.models(Catalogue([POCKET]), {})
    assert check.verdict == "ok", check


def test_a_model_that_is_not_whole_is_a_problem(tmp_path: Path) -> None:
    """Missing, no model folder, a component without safetensors, a file cut short."""

    def verdict() -> str:
        (check,) = look_at_models.models(own_model(tmp_path / "own"), {})
        assert check.verdict == "ok" or check.mend
        return f"{check.verdict}: {check.said}"

    assert "there is no folder" in verdict()
    (tmp_path / "own").mkdir()
    assert "has no model_index.json" in verdict()
    (tmp_path / "own" / "model_index.json").write_text("{}", encoding="utf-8")
    for component in look_at_models.WEIGHED:
        assert f"{component} has no safetensors weights" in verdict()
        weights(tmp_path / "own" / component / "model.safetensors")
    assert verdict().startswith("ok: 3 weight files")
    weights(tmp_path / "own" / "unet" / "model.safetensors", cut=1)
    assert "is cut short or damaged" in verdict()
    (tmp_path / "own" / "unet" / "model.safetensors").write_bytes(b"\x80\x04pickle")
    assert "is no safetensors file" in verdict()


def test_a_folder_of_stable_diffusion_xl_has_one_component_more(tmp_path: Path) -> None:
    """Where `model_index.json` names a second text encoder, it must be there too."""
    (own := tmp_path / "own").mkdir()
    (own / "model_index.json").write_text(json.dumps({"text_encoder_2": ["transformers", "CLIPTextModel"]}))
    for component in look_at_models.WEIGHED:
        weights(own / component / "model.safetensors")
    (check,) = look_at_models.models(own_model(own), {})
    assert "text_encoder_2 has no safetensors weights" in check.said
    weights(own / "text_encoder_2" / "model.safetensors")
    (check,) = look_at_models.models(own_model(own), {})
    assert check.said.startswith("4 weight files")


def test_a_model_of_another_kind_is_looked_through_by_what_it_names(tmp_path: Path) -> None:
    """Its weights must be there; a sampler that its stock pipeline may not take is warned of."""
    (own := tmp_path / "own").mkdir()
    named = {
        "transformer": ["diffusers", "SD3Transformer2DModel"],
        "scheduler": ["diffusers", "DDPMScheduler"],
    }
    said = {"_class_name": "PixArtAlphaPipeline", "safety_checker": [None, None], **named}
    (own / "model_index.json").write_text(json.dumps(said))
    (check,) = look_at_models.models(own_model(own), {})
    assert "transformer is missing" in check.said
    for part, config in (("transformer", "config.json"), ("scheduler", "scheduler_config.json")):
        (own / part).mkdir()
        (own / part / config).write_text("{}")
    (check,) = look_at_models.models(own_model(own), {})
    assert "transformer has no safetensors weights" in check.said
    weights(own / "transformer" / "diffusion_pytorch_model.safetensors")
    (check,) = look_at_models.models(own_model(own), {})
    assert check.verdict == "warning"
    assert 'set its sampler to "own"' in str(check.mend)
    (model,) = own_model(own).values()
    (check,) = look_at_models.models(Catalogue([replace(model, sampler="own")]), {})
    assert check.verdict == "ok"
    assert check.said.startswith("1 weight file")


def test_a_size_far_below_what_the_model_was_made_for_is_warned_of(tmp_path: Path) -> None:
    """Somebody adds a large model and forgets its width and height."""
    (own := tmp_path / "own").mkdir()
    (own / "model_index.json").write_text("{}")
    for component in look_at_models.WEIGHED:
        weights(own / component / "model.safetensors")
    (own / "vae" / "config.json").write_text(json.dumps({"block_out_channels": [8, 8, 8, 8]}))
    for sample_size, verdict in ((64, "ok"), (128, "warning")):
        (own / "unet" / "config.json").write_text(json.dumps({"sample_size": sample_size}))
        (check,) = look_at_models.models(own_model(own), {})
        assert check.verdict == verdict
    assert "made for 1024 × 1024 pixels, and the config says 512 × 512" in check.said


def test_a_model_from_the_hub_is_looked_for_in_its_cache(tmp_path: Path) -> None:
    """Nothing is fetched to check it."""
    catalogue = Catalogue([ModelInfo(name="far", title="Far", source="owner/far", about="")])
    env = {"HF_HOME": str(tmp_path)}
    assert [check.verdict for check in look_at_models.models(catalogue, env)] == ["warning"]
    (tmp_path / "hub" / "models--owner--far").mkdir(parents=True)
    assert [check.verdict for check in look_at_models.models(catalogue, env)] == ["ok"]
