"""Windows of interactions to evidence, verdict, report and alert."""

from pathlib import Path
from typing import TYPE_CHECKING

try:
    from data.faces import face, keep_quiet
except ImportError:  # somebody else's package stands before ours, and no other module of ours could say so
    import data

    ours = Path(__file__).parents[1] / "data"
    raise ImportError(
        f"The package 'data' at {data.__file__} hides that of silentdrift at {ours}: rename it, or start Python"
        " elsewhere."
    ) from None

if TYPE_CHECKING:
    from drift.reading import read
    from drift.settings import DriftSettings
    from drift.window_report import WindowReport, compare, report
    from drift.windows import Window

__all__ = ["DriftSettings", "Window", "WindowReport", "compare", "read", "report"]

__getattr__ = face(
    __name__,
    {
        "reading": ["read"],
        "settings": ["DriftSettings"],
        "window_report": ["WindowReport", "compare", "report"],
        "windows": ["Window"],
    },
)


def __dir__() -> list[str]:
    return __all__


keep_quiet()
