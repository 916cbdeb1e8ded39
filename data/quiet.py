"""No telemetry, and no download that nobody asked for: set for this process unless somebody set it otherwise.

The libraries read these variables when they are imported, so the face of each room sets them first.
"""

from __future__ import annotations

import os

QUIET_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "RAGAS_DO_NOT_TRACK": "true",
    "ANONYMIZED_TELEMETRY": "false",
    "TOKENIZERS_PARALLELISM": "false",
}


def keep_quiet() -> None:
    """Set what is not set yet; `HF_HUB_OFFLINE=0` in the environment allows downloads."""
    for name, value in QUIET_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
