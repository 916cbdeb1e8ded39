"""What flows between the rooms: records, the interaction log, golden cases and the interchange format."""

from typing import TYPE_CHECKING

from data.faces import face
from data.namesakes import warn_of_namesakes

if TYPE_CHECKING:
    from data.cases import Case, load_cases
    from data.errors import InputError, SettingsError, SilentDriftError, WorkspaceError
    from data.interchange import ImportedFile, read_interactions
    from data.log import InteractionLog
    from data.records import Answer, Chunk, Citation, Context, Document, Fingerprint, Hit, Interaction, Score

__all__ = [
    "Answer",
    "Case",
    "Chunk",
    "Citation",
    "Context",
    "Document",
    "Fingerprint",
    "Hit",
    "ImportedFile",
    "InputError",
    "Interaction",
    "InteractionLog",
    "Score",
    "SettingsError",
    "SilentDriftError",
    "WorkspaceError",
    "load_cases",
    "read_interactions",
]

__getattr__ = face(
    __name__,
    {
        "cases": ["Case", "load_cases"],
        "errors": ["InputError", "SettingsError", "SilentDriftError", "WorkspaceError"],
        "interchange": ["ImportedFile", "read_interactions"],
        "log": ["InteractionLog"],
        "records": [
            "Answer",
            "Chunk",
            "Citation",
            "Context",
            "Document",
            "Fingerprint",
            "Hit",
            "Interaction",
            "Score",
        ],
    },
)


def __dir__() -> list[str]:
    return __all__


warn_of_namesakes()
