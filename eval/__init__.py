"""Score answers: without a reference, with one, or by a judge; and gate a change on the scores."""

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
    from data.cases import Case, load_cases
    from eval.gate_outcome import GateOutcome
    from eval.gating import gate
    from eval.quality import score, scorer_of
    from eval.run import EvalRun, evaluate
    from eval.run_files import load_run, save_run
    from eval.settings import EvalSettings

__all__ = [
    "Case",
    "EvalRun",
    "GateOutcome",
    "EvalSettings",
    "evaluate",
    "gate",
    "load_cases",
    "load_run",
    "save_run",
    "score",
    "scorer_of",
]

__getattr__ = face(
    __name__,
    {
        "data.cases": ["Case", "load_cases"],
        "gate_outcome": ["GateOutcome"],
        "gating": ["gate"],
        "quality": ["score", "scorer_of"],
        "run": ["EvalRun", "evaluate"],
        "run_files": ["load_run", "save_run"],
        "settings": ["EvalSettings"],
    },
)


def __dir__() -> list[str]:
    return __all__


keep_quiet()
