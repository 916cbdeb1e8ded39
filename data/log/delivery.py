"""Rows brought to the log: all of them, or all but those that it cannot hold, or none while it takes none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from data.errors import InputError, SettingsError, SilentDriftError, WorkspaceError
from data.log.journal_lines import Counts, Rows
from data.log.set_aside import in_a_line, set_aside
from data.records import Interaction, Score


class Log(Protocol):
    """The part of the interaction log that is needed."""

    def append(self, interactions: Iterable[Interaction], scores: Iterable[Score] = ()) -> int: ...  # noqa: D102


class Delivery:
    """Brings rows to a log that is opened when first needed; `error` says why the last ones did not get there."""

    def __init__(self, folder: Path, open_log: Callable[[], Log], counts: Counts) -> None:
        """Set aside in `folder` what the log cannot hold, and count in `counts`."""
        self._folder = folder
        self._open_log = open_log
        self._counts = counts
        self._log: Log | None = None
        self.error: str | None = None

    def bring(self, batch: Sequence[Rows]) -> bool:
        """Bring rows to the log, but for those it cannot hold; return False when it takes none now."""
        try:
            self._append(batch)
        except InputError:
            return self._bring_each(batch)
        except SilentDriftError as error:
            self.error = str(error)
            return False
        except Exception as error:  # it is the log's if not even nothing can be written
            self.error = f"The log could not be written ({in_a_line(error)}): it is tried again."
            return self._takes_nothing() and self._bring_each(batch)
        self.error = None
        return True

    def _append(self, batch: Sequence[Rows]) -> None:
        interactions = [item for rows in batch for item in rows.interactions]
        scores = [score for rows in batch for score in rows.scores]
        if self._log is None:
            self._log = self._open_log()
        self._log.append(interactions, scores)
        self._counts.written += len(interactions) + len(scores)

    def _takes_nothing(self) -> bool:
        try:
            self._append(())
        except Exception:
            return False
        return True

    def _bring_each(self, batch: Sequence[Rows]) -> bool:
        for rows in batch:
            try:
                self._append([rows])
            except (WorkspaceError, SettingsError) as error:
                self.error = str(error)
                return False
            except Exception as error:  # the row's: those beside it were written, or can be
                set_aside(self._folder, rows, error)
                self._counts.set_aside += len(rows)
        self.error = None
        return True
