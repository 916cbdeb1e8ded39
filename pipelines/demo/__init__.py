"""The demonstration: a silent drift, and how it is caught."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.demo.run import run_demo

__all__ = ["run_demo"]

__getattr__ = face(
    __name__,
    {
        "run": ["run_demo"],
    },
)
