"""Rows on their way to the log: on disk before an answer ends, in the log soon after, never lost in between.

An answer does not wait for the database, nor for its scores. Its row is one line at the end of a file, which outlives
the process, and one entry of a bounded queue. A thread completes the rows of the queue and writes them to the log in
batches. Rows that find the queue full are in the file alone and are read back from it when the queue has run empty. The
files of a server that was killed are read back, and scored, by the next one. Writing a row again changes nothing, so
none is there twice.

The line is handed to the operating system, not forced to the disk: it outlives kill -9, not a power cut.

One row never stops the rest. A row that cannot be completed goes without scores, one that the log cannot hold is set
aside beside the journal. Nothing that is raised ends the thread; were it to end, `error` would say so.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import monotonic

from data.errors import SilentDriftError, WorkspaceError
from data.log.completion import Complete, as_it_is, completed
from data.log.delivery import Delivery, Log
from data.log.journal_lines import Counts, Rows, pack, read_rows
from data.log.journal_places import JournalPlace, orphans
from data.log.redact import Redactor
from data.log.set_aside import in_a_line, set_line_aside
from data.records import Interaction, Score

_BATCH = 200
_COMPLETED_AT_ONCE = 10
"""Completing takes tens of milliseconds a row: so many rows are in the log soon."""
_RESTS = 3
"""How many times as long as it works completing rests, while the queue is less than half full."""
_HEAD_START_S = 0.1
"""How long completing waits for the last bytes of the answer to go out, for which it would be in the way."""
_LOOKS_AGAIN_S = 0.01
_RETRY_S = 1.0
_CLOSED = -1


class Journal:
    """Takes rows from any thread and brings them to the log; see the module.

    `open_log` is called by the writing thread, again and again while it fails: without a log rows wait on disk.
    """

    def __init__(
        self,
        folder: Path,
        open_log: Callable[[], Log],
        *,
        bound: int = 10_000,
        redact: Redactor | None = None,
        complete: Complete = as_it_is,
        busy: Callable[[], bool] = lambda: False,
        gives_way_s: float = 1.0,
    ) -> None:
        """Open a journal of its own in `folder` and take over those of servers that are gone.

        `redact` sees all before it is written; `complete` is called by the writing thread for what was kept unscored,
        not while `busy` tells that somebody waits for what the processor does now; but it gives way no longer than
        `gives_way_s` for each.

        :raises WorkspaceError: the folder cannot be written.
        """
        self._bound = bound
        self._redact = redact or Redactor()
        self._complete = complete
        self._busy = busy
        self.gives_way_s = gives_way_s
        self._queue: deque[Rows] = deque()
        self._stuck: list[Rows] = []
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._spilled = self._torn = False
        self.counts = Counts()
        self._delivery = Delivery(folder, open_log, self.counts)
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._leftover = deque(orphans(folder))
            self._own = JournalPlace(folder / f"{os.getpid()}-{os.urandom(4).hex()}")
            self._own.lock.acquire(timeout=0)
            self._own.path.mkdir()
            self._segment = 0
            self._file = self._open_segment()
        except OSError as error:
            raise WorkspaceError(f"Answers cannot be kept in {folder} ({error.strerror}): check its rights.") from error
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    @property
    def error(self) -> str | None:
        """Why the log takes no rows now; None while it does."""
        if not self._thread.is_alive() and not self._closing.is_set():
            return "The thread that writes the log has ended: start the server again, rows are kept on disk."
        return self._delivery.error

    @property
    def waiting(self) -> int:
        """How many rows wait in memory."""
        return len(self._queue)

    def holds(self, interaction_id: str) -> bool:
        """Tell whether an interaction waits in memory."""
        with self._changed:
            return any(item.id == interaction_id for rows in self._queue for item in rows.interactions)

    def append(self, interactions: Iterable[Interaction], scores: Iterable[Score] = ()) -> None:
        """Take rows: when this returns they outlive the process.

        :raises WorkspaceError: the disk takes no more, and they may still reach the log from memory; or the hook that
            redacts failed, and they are nowhere.
        """
        rows = self._redacted(Rows(tuple(interactions), tuple(scores)))
        self._take(rows, pack(rows))

    def keep(self, interaction: Interaction) -> None:
        """Take an interaction that is still to be completed. Raises like `append`.

        It is redacted on disk, and in memory once it was scored: scores are those of what was said.
        """
        rows = Rows((interaction,), (), unscored=True)
        self._take(rows, pack(self._redacted(rows)))

    def _redacted(self, rows: Rows) -> Rows:
        interactions = tuple(map(self._redact.interaction, rows.interactions))
        return replace(rows, interactions=interactions, scores=tuple(map(self._redact.score, rows.scores)))

    def _take(self, rows: Rows, line: bytes) -> None:
        with self._changed:
            failure = self._write_line(line)
            self.counts.taken += len(rows)
            if len(self._queue) < self._bound:
                self._queue.append(rows)
            else:
                self._spilled = True
                self.counts.spooled += len(rows)
            self._changed.notify()
        if failure:
            raise WorkspaceError(f"The answer could not be kept on disk ({failure}): free disk space.")

    def close(self, timeout_s: float) -> bool:
        """Bring everything to the log; return whether that was done within the time. The rest stays on disk."""
        with self._changed:
            self._closing.set()
            self._changed.notify()
        self._thread.join(timeout_s)
        ended = not self._thread.is_alive()
        done = ended and not self._queue and not self._spilled
        if ended:  # else the thread still uses it, and its number would soon be that of another file
            with self._changed:
                os.close(self._file)
                self._file = _CLOSED
        if done:
            shutil.rmtree(self._own.path, ignore_errors=True)
        self._own.release(gone=done)
        return done

    def _write_line(self, line: bytes) -> str | None:
        try:
            written = os.write(self._file, b"\n" + line if self._torn else line)
        except OSError as error:
            self._torn = True
            return str(error.strerror)
        self._torn = written < len(line)
        return "only a part of it was taken" if self._torn else None

    def _run(self) -> None:
        while self._going_on():
            pass

    def _going_on(self) -> bool:
        try:
            return self._step()
        except BaseException as error:  # whatever it is, a server that logs nothing any more would be worse
            self._delivery.error = f"The log was not written ({in_a_line(error)}): it is tried again."
            self._leftover.rotate(-1)  # what cannot be read keeps nothing else from it
            return self._rest()

    def _step(self) -> bool:
        """Bring the next rows to the log; return False when the journal is closing and nothing more can be done."""
        with self._changed:
            while not (self._queue or self._leftover or self._spilled or self._closing.is_set()):
                self._changed.wait()
            batch = list(islice(self._queue, _BATCH))
        if batch:
            batch = self._completed_in_queue(batch)
            done = bool(batch) and self._delivery.bring(batch)
            if done:
                self._forget(len(batch))
        elif self._leftover:
            done = self._read_back(self._leftover[0])
            if done:
                self._leftover.popleft()
        else:
            return not self._closing.is_set()
        return done or self._rest()

    def _completed_in_queue(self, batch: list[Rows]) -> list[Rows]:
        """Complete the first rows of the queue, in their places there: a log that fails does not cost it twice."""
        unscored = [place for place, rows in enumerate(batch) if rows.unscored][:_COMPLETED_AT_ONCE]
        if unscored:
            self._closing.wait(_HEAD_START_S)
        for place in unscored:
            self._give_way()
            started = monotonic()
            try:
                batch[place] = self._redacted(self._completed(batch[place]))
            except SilentDriftError as error:  # the hook that redacts: it is tried again, and others first
                self._delivery.error = str(error)
                with self._changed:
                    self._queue.append(self._queue[place])
                    del self._queue[place]
                return batch[:place]
            with self._changed:
                self._queue[place] = batch[place]
            if self._at_leisure():
                self._closing.wait(_RESTS * (monotonic() - started))  # people wait for answers, nobody for this
        return batch[: unscored[-1] + 1] if len(unscored) == _COMPLETED_AT_ONCE else batch

    def _give_way(self) -> None:
        end = monotonic() + self.gives_way_s
        while self._busy() and self._at_leisure() and monotonic() < end:
            self._closing.wait(_LOOKS_AGAIN_S)

    def _at_leisure(self) -> bool:
        return len(self._queue) < self._bound // 2 and not self._closing.is_set()

    def _completed(self, rows: Rows) -> Rows:
        done = completed(rows, self._complete)
        self.counts.taken += len(done) - len(rows)
        return done

    def _rest(self) -> bool:
        """Wait before the log is tried again; return False when it was tried after the journal began to close."""
        if self._closing.is_set():
            return False
        self._closing.wait(_RETRY_S)
        return True

    def _forget(self, count: int) -> None:
        """Drop rows that are in the log; when none is left in memory, those on disk are not needed or are next."""
        with self._changed:
            for _ in range(count):
                self._queue.popleft()
            if self._queue:
                return
            if self._spilled:
                self._leftover.append(JournalPlace(self._own.path, self._segment_path()))
                os.close(self._file)
                self._segment += 1
                self._file = self._open_segment()
                self._spilled = False
            else:
                os.ftruncate(self._file, 0)
            self._torn = False

    def _read_back(self, place: JournalPlace) -> bool:
        """Bring the rows of a file, or of all files of a folder, to the log and delete them."""
        if not self._delivery.bring(self._stuck):
            return False
        for path in [place.file] if place.file else sorted(place.path.glob("*.jsonl")):
            rows, unreadable = read_rows(path)
            for start in range(0, len(rows), _COMPLETED_AT_ONCE):
                batch = rows[start : start + _COMPLETED_AT_ONCE]
                self._stuck = [self._redacted(self._completed(item)) for item in batch]
                if not self._delivery.bring(self._stuck):
                    return False
            self._stuck = []
            for line in unreadable:
                set_line_aside(self._folder, line, "it holds no rows")
            self.counts.dropped += len(unreadable)
            path.unlink(missing_ok=True)
        if place.file is None:
            shutil.rmtree(place.path, ignore_errors=True)
            place.release(gone=True)
        return True

    def _open_segment(self) -> int:
        return os.open(self._segment_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _segment_path(self) -> Path:
        return self._own.path / f"{self._segment:06}.jsonl"
