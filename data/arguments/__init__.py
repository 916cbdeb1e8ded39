"""What callers from Python pass: a wrong type is told in one sentence, with the value and what is wanted."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from data.arguments.checks import expect, expect_all, expect_function, given_path, given_text, given_time

__all__ = ["expect", "expect_all", "expect_function", "given_path", "given_text", "given_time"]

__getattr__ = face(
    __name__,
    {"checks": ["expect", "expect_all", "expect_function", "given_path", "given_text", "given_time"]},
)
