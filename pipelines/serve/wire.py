"""What clients send. Parameters of OpenAI that mean nothing here are ignored, as other servers do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=1_000_000)]


class Body(BaseModel):
    """A request: unknown keys are ignored, wrong types are not."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(Body):
    """A part of a message's content."""

    type: str
    text: Text | None = None


class Message(Body):
    """One message of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None


class StreamOptions(Body):
    """What a stream holds beside the text."""

    include_usage: bool | None = None


class ChatRequest(Body):
    """A conversation whose last user message is the question.

    `footnotes` (ours): whether quotes and places of the citations follow the text, or the nearest documents where there
    is no answer; `citations` and `nearest` hold them anyway.
    """

    model: Text = ""
    messages: list[Message] = Field(min_length=1, max_length=2000)
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

    query: Annotated[str, Field(min_length=1, max_length=20_000)]
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
