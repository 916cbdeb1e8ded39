"""How long the stages of an answer took."""

from __future__ import annotations

from time import perf_counter


class Stopwatch:
    """Milliseconds by stage, in the order of the laps."""

    def __init__(self) -> None:
        self._start = self._last = perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str, **parts: float) -> None:
        """End a stage; `parts` are stages of their own that were milliseconds of it, in the order in which they ran."""
        now = perf_counter()
        self._laps[stage] = round(max(0.0, (now - self._last) * 1000 - sum(parts.values())), 3)
        self._laps |= {name: round(milliseconds, 3) for name, milliseconds in parts.items() if milliseconds}
        self._last = now

    def stages(self) -> dict[str, float]:
        """Return the stages so far, and their "total"."""
        return {**self._laps, "total": round((self._last - self._start) * 1000, 3)}
