"""What clients send. Parameters of OpenAI that mean nothing here are ignored, as other servers do."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from data.text import whole_characters


class ErrorDetail(BaseModel):
    """What is wrong, and with which parameter."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorReply(BaseModel):
    """The body of every refusal."""

    error: ErrorDetail


_REASONS = {
    400: "The request cannot be used.",
    401: "No key, or one we do not know.",
    403: "Not from there.",
    404: "It does not exist, or is not the caller's.",
    413: "The request is too long.",
    429: "Too many requests; Retry-After says how long to wait.",
    502: "The chat endpoint failed.",
    503: "No index, no documents, or too many answers under way.",
    504: "The chat endpoint cannot be reached or took too long.",
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorReply, "description": reason} for status, reason in _REASONS.items()
}


def without_422(description: dict[str, Any]) -> dict[str, Any]:
    """Return a description without the refusal of FastAPI that we do not use: ours has status 400."""
    for operations in description["paths"].values():
        for operation in operations.values():
            operation.get("responses", {}).pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        description.get("components", {}).get("schemas", {}).pop(name, None)
    return description


def _mended(value: object) -> object:
    """Join or replace halves of characters: programs that cut text by UTF-16 units send such."""
    return whole_characters(value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_mended), Field(max_length=1_000_000)]


class Body(BaseModel):
    """A request: unknown keys are ignored, wrong types are not."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(Body):
    """A part of a message's content."""

    type: str = ""
    text: Text | None = None

    @field_validator("text", mode="before")
    @classmethod
    def _text_alone(cls, value: object) -> object:
        """Pass over what other kinds of parts have in its place."""
        return value if isinstance(value, str) else None


class ChatMessage(Body):
    """One message of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Text | Part] | None = None


class StreamOptions(Body):
    """What a stream holds beside the text."""

    include_usage: bool | None = None


class ChatRequest(Body):
    """A conversation whose last user message is the question.

    `footnotes` (ours): whether quotes and places of the citations follow the text, or the nearest documents where there
    is no answer; `citations` and `nearest` hold them anyway.
    """

    model: Text = ""
    messages: list[ChatMessage] = Field(min_length=1, max_length=2000)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    footnotes: bool = True


class EmbeddingRequest(Body):
    """Texts to vectors. `input_type` (ours, as Cohere has it): which prefix the embedder's model wants before them."""

    input: Text | list[Text] | list[int] | list[list[int]]
    model: Text = ""
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = None
    input_type: Literal["document", "query"] = "document"


class DocumentText(Body):
    """A document to rerank."""

    text: Text


class RerankRequest(Body):
    """Documents to put in order, as Jina and Cohere have it."""

    query: Annotated[str, BeforeValidator(_mended), Field(min_length=1, max_length=20_000)]
    documents: list[Text | DocumentText] = Field(min_length=1, max_length=1000)
    model: Text = ""
    top_n: int | None = Field(None, ge=1)
    return_documents: bool | None = None


class FeedbackRequest(Body):
    """What a person thought of an answer; `interaction_id` may be the id of its reply, "chatcmpl-…", as well."""

    interaction_id: Annotated[str, Field(min_length=1, max_length=64)]
    rating: Literal["up", "down"]
    comment: Annotated[str, Field(max_length=4000)] = ""


class SessionRequest(Body):
    """A key for the page to keep in a cookie that scripts cannot read."""

    key: Annotated[str, Field(min_length=1, max_length=500)]
