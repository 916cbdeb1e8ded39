"""Questions in a conversation: each is understood after those before it."""

from __future__ import annotations

from collections.abc import Generator as Pieces
from collections.abc import Sequence

from data.records import Answer
from rag.answer import Turn
from rag.asking.asker import Asker
from rag.asking.question import new_question


class Conversation:
    """Questions to one `Asker`; `turns` is what was said, oldest first."""

    def __init__(self, asker: Asker, turns: Sequence[Turn] = ()) -> None:
        self._asker = asker
        self.turns = list(turns)

    def ask(self, question: str, *, streaming: bool = True) -> Pieces[str | Answer]:
        """Yield the answer's text in pieces while it is written, if so wanted, then the whole, on record.

        What failed, or was not heard to its end, is no part of what was said.

        :raises InputError: the question is empty or absurdly long.
        :raises SilentDriftError: retrieval failed.
        """
        for part in self._asker.pieces(new_question(question), self.turns, streaming=streaming):
            if isinstance(part, Answer) and part.error is None:
                self.turns += [Turn("user", question), Turn("assistant", part.text)]
            yield part
