"""One answer as many tools record it: the same question, passage, answer, score, model, time and session."""

import json
from datetime import UTC, datetime

Q, A, P = "Where do ships dock?", "At berth 4.", "Ships dock at berth 4 of the old harbour."
AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
NANO = int(AT.timestamp()) * 10**9
TRACE = "5b8aa5a2d2c872e8321cf37308d69df2"
DOCUMENT = {"page_content": P, "metadata": {"source": "port.md"}}
PROMPT = f"Answer from the context.\nContext: {P}\nQuestion: {Q}\nAnswer:"


def attribute(key, value):
    if isinstance(value, list):
        return {"key": key, "value": {"arrayValue": {"values": [{"stringValue": item} for item in value]}}}
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    return {"key": key, "value": {kinds[type(value)]: str(value) if type(value) is int else value}}


def span(number, parent, name, values, start=0, ms=100, trace=TRACE, **more):
    return {
        "traceId": trace,
        "spanId": f"{number:016x}",
        "parentSpanId": parent and f"{parent:016x}",
        "name": name,
        "startTimeUnixNano": str(NANO + start * 10**6),
        "endTimeUnixNano": str(NANO + (start + ms) * 10**6),
        "attributes": [attribute(key, value) for key, value in values.items()],
        **more,
    }


def event(name, **values):
    return {"name": name, "attributes": [attribute(key.replace("__", "."), value) for key, value in values.items()]}


def request(*spans):
    resource = {"attributes": [attribute("service.name", "bot")]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(spans)}]}]}


def openinference():
    chain = {"openinference.span.kind": "CHAIN", "input.value": Q, "output.value": A, "session.id": "s1"}
    found = {
        "openinference.span.kind": "RETRIEVER",
        "retrieval.documents.0.document.content": P,
        "retrieval.documents.0.document.metadata": json.dumps({"source": "port.md"}),
    }
    model = {"openinference.span.kind": "LLM", "llm.model_name": "m-1", "output.value": A, "input.value": PROMPT}
    return request(
        span(1, "", "POST /ask", {}, 0, 500),
        span(2, 1, "rag", chain, 0, 400),
        span(3, 2, "find", found),
        span(4, 2, "llm", model, 150, 200),
    )


def openllmetry():
    flow = {
        "traceloop.span.kind": "workflow",
        "traceloop.entity.input": json.dumps({"inputs": {"query": Q}, "kwargs": {}}),
        "traceloop.entity.output": json.dumps({"outputs": {"result": A}}),
        "traceloop.association.properties.session_id": "s1",
    }
    found = {"traceloop.span.kind": "task", "traceloop.entity.output": json.dumps({"documents": [DOCUMENT]})}
    model = {"llm.request.type": "chat", "gen_ai.request.model": "m-1", "gen_ai.prompt.0.role": "user"}
    model |= {
        "gen_ai.prompt.0.content": PROMPT,
        "gen_ai.completion.0.content": A,
        "gen_ai.completion.0.role": "assistant",
    }
    return request(
        span(1, "", "qa.workflow", flow, 0, 400),
        span(2, 1, "VectorStoreRetriever.task", found),
        span(3, 1, "ChatOpenAI.chat", model, 150, 200),
    )


def openllmetry_without_workflow():
    hit = event("db.query.result", db__query__result__document=P, db__query__result__metadata='{"source": "port.md"}')
    model = {"llm.request.type": "chat", "gen_ai.response.model": "m-1", "gen_ai.prompt.0.role": "user"}
    model |= {
        "gen_ai.prompt.0.content": PROMPT,
        "gen_ai.completion.0.content": A,
        "gen_ai.completion.0.role": "assistant",
    }
    root = {"http.route": "/ask", "session.id": "s1"}
    return request(
        span(1, "", "POST /ask", root, 0, 400),
        span(2, 1, "chroma.query", {"db.system": "chroma"}, events=[hit]),
        span(3, 1, "openai.chat", model, 150, 200),
    )


def messages(role, text):
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def genai():
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.conversation.id": "s1"}
    agent |= {"gen_ai.input.messages": messages("user", Q), "gen_ai.output.messages": messages("assistant", A)}
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.result": json.dumps([DOCUMENT])}
    model = {"gen_ai.operation.name": "chat", "gen_ai.response.model": "m-1"}
    return request(
        span(1, "", "invoke_agent", agent, 0, 400),
        span(2, 1, "execute_tool find", tool),
        span(3, 1, "chat", model, 150, 200),
    )


def genai_events():
    details = event(
        "gen_ai.client.inference.operation.details",
        gen_ai__input__messages=messages("user", Q),
        gen_ai__output__messages=messages("assistant", A),
    )
    model = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m-1", "gen_ai.conversation.id": "s1"}
    found = {"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": json.dumps([DOCUMENT])}
    return request(
        span(1, "", "ask", {}, 0, 400),
        span(2, 1, "retrieval", found),
        span(3, 1, "chat", model, 150, 200, events=[details]),
    )


def genai_logs():
    def record(name, body):
        return {
            "timeUnixNano": str(NANO),
            "traceId": TRACE,
            "spanId": f"{3:016x}",
            "eventName": name,
            "body": {"stringValue": json.dumps(body)},
        }

    records = [record("gen_ai.user.message", {"content": Q}), record("gen_ai.choice", {"message": {"content": A}})]
    model = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m-1", "gen_ai.conversation.id": "s1"}
    found = {"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": json.dumps([DOCUMENT])}
    spans = request(span(1, "", "ask", {}, 0, 400), span(2, 1, "retrieval", found), span(3, 1, "chat", model, 150, 200))
    return [{"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}, spans]


def vercel():
    outer = {"ai.operationId": "ai.generateText", "ai.prompt": json.dumps({"prompt": Q}), "ai.response.text": A}
    outer |= {"ai.telemetry.metadata.sessionId": "s1"}
    tool = {"ai.operationId": "ai.toolCall", "ai.toolCall.result": json.dumps([DOCUMENT])}
    inner = {"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "m-1", "ai.response.text": A}
    inner |= {"ai.prompt.messages": json.dumps([{"role": "user", "content": [{"type": "text", "text": Q}]}])}
    return request(
        span(1, "", "ai.generateText", outer, 0, 400),
        span(2, 1, "ai.toolCall", tool),
        span(3, 1, "ai.generateText.doGenerate", inner, 150, 200),
    )


def haystack():
    root = {"haystack.pipeline.input_data": json.dumps({"retriever": {"query": Q}, "prompt_builder": {"question": Q}})}
    root |= {"haystack.pipeline.output_data": json.dumps({"llm": {"replies": [A]}}), "session.id": "s1"}
    documents = {"documents": [{"content": P, "meta": {"source": "port.md"}, "score": 0.8}]}
    found = {"haystack.component.type": "InMemoryBM25Retriever", "haystack.component.output": json.dumps(documents)}
    model = {
        "haystack.component.type": "OpenAIGenerator",
        "haystack.component.output": json.dumps({"replies": [A]}),
        "gen_ai.request.model": "m-1",
    }
    return request(
        span(1, "", "haystack.pipeline.run", root, 0, 400),
        span(2, 1, "haystack.component.run", found),
        span(3, 1, "haystack.component.run", model, 150, 200),
    )
