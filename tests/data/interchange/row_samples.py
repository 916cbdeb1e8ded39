"""One answer as the tools record it that export rows of their own: the same in all, see `span_samples`."""

import json

from tests.data.interchange.span_samples import DOCUMENT, NANO, PROMPT, TRACE, A, P, Q


def langfuse():
    score = {"id": "x", "name": "faithfulness", "value": 0.9, "source": "EVAL", "dataType": "NUMERIC"}
    times = {"startTime": "2026-01-05T08:00:00Z", "endTime": "2026-01-05T08:00:00.200Z"}
    find = {"id": "o1", "traceId": TRACE, "type": "RETRIEVER", "name": "find", "output": [DOCUMENT], **times}
    model = {"id": "o2", "traceId": TRACE, "type": "GENERATION", "name": "llm", "model": "m-1", "output": A, **times}
    return {
        "id": TRACE,
        "timestamp": "2026-01-05T08:00:00.000Z",
        "input": {"question": Q},
        "output": {"answer": A},
        "sessionId": "s1",
        "scores": [score],
        "observations": [find, model],
    }


def langfuse_download():
    whole = langfuse()
    return {"trace": {key: whole[key] for key in whole if key != "observations"}, "observations": whole["observations"]}


def phoenix():
    def row(number, parent, kind, values, annotations=()):
        place = {"trace_id": TRACE, "span_id": f"{number:016x}"}
        times = {"start_time": "2026-01-05T08:00:00+00:00", "end_time": "2026-01-05T08:00:01+00:00"}
        return {
            "name": kind,
            "context": place,
            "parent_id": parent,
            "span_kind": kind,
            "attributes": values,
            **times,
            "annotations": list(annotations),
        }

    note = {"name": "faithfulness", "annotator_kind": "LLM", "result": {"score": 0.9, "label": "faithful"}}
    chain = {"input": {"value": Q}, "output": {"value": A}, "session": {"id": "s1"}}
    found = {"retrieval": {"documents": [{"document": {"content": P, "metadata": {"source": "port.md"}}}]}}
    model = {"llm.model_name": "m-1", "output.value": A}
    return [
        row(1, None, "CHAIN", chain, [note]),
        row(2, f"{1:016x}", "RETRIEVER", found),
        row(3, f"{1:016x}", "LLM", model),
    ]


def langsmith():
    times = {"start_time": "2026-01-05T08:00:00", "end_time": "2026-01-05T08:00:01"}
    root = {
        "id": "r1",
        "trace_id": "r1",
        "run_type": "chain",
        "name": "rag",
        "inputs": {"question": Q},
        "outputs": {"answer": A},
        **times,
    }
    root |= {"extra": {"metadata": {"thread_id": "s1"}}, "feedback_stats": {"faithfulness": {"n": 1, "avg": 0.9}}}
    found = {
        "id": "r2",
        "run_type": "retriever",
        "name": "Retriever",
        "inputs": {"query": Q},
        "outputs": {"documents": [DOCUMENT]},
        **times,
    }
    model = {
        "id": "r3",
        "run_type": "llm",
        "name": "ChatOpenAI",
        "outputs": {"generations": [[{"text": A}]]},
        "extra": {"metadata": {"ls_model_name": "m-1"}},
        **times,
    }
    return root | {"child_runs": [found, model]}


def opik():
    times = {"start_time": "2026-01-05T08:00:00Z", "end_time": "2026-01-05T08:00:01Z"}
    trace = {"id": "t1", "project_id": "p", "name": "rag", "input": {"question": Q}, "output": {"answer": A}, **times}
    trace |= {
        "thread_id": "s1",
        "feedback_scores": [{"name": "faithfulness", "value": 0.9, "source": "online_scoring"}],
    }
    found = {
        "id": "o1",
        "trace_id": "t1",
        "type": "tool",
        "name": "retrieve",
        "output": {"documents": [DOCUMENT]},
        **times,
    }
    model = {
        "id": "o2",
        "trace_id": "t1",
        "type": "llm",
        "name": "llm",
        "output": {"output": A},
        "model": "m-1",
        **times,
    }
    return {"traces": [trace], "spans": [found, model]}


def mlflow():
    def row(number, parent, kind, inputs, outputs, **more):
        values = {
            "mlflow.spanType": json.dumps(kind),
            "mlflow.spanInputs": json.dumps(inputs),
            "mlflow.spanOutputs": json.dumps(outputs),
        }
        return {
            "name": kind,
            "context": {"trace_id": "0x1", "span_id": f"0x{number}"},
            "parent_id": parent,
            "start_time": NANO,
            "end_time": NANO + 10**9,
            "status_code": "OK",
            "attributes": values | more,
        }

    told = {"source": {"source_type": "LLM_JUDGE"}, "feedback": {"value": 0.9}, "assessment_name": "faithfulness"}
    info = {
        "request_id": "tr-1",
        "timestamp_ms": NANO // 10**6,
        "execution_time_ms": 900,
        "request_metadata": {"mlflow.trace.session": "s1"},
        "assessments": [told],
    }
    spans = [row(1, None, "CHAIN", {"question": Q}, A), row(2, "0x1", "RETRIEVER", {"query": Q}, [DOCUMENT])]
    spans += [
        row(
            3,
            "0x1",
            "CHAT_MODEL",
            {"messages": [{"role": "user", "content": PROMPT}]},
            {"choices": [{"message": {"role": "assistant", "content": A}}]},
            **{"gen_ai.request.model": "m-1"},
        )
    ]
    return {"info": info, "data": {"spans": spans, "request": json.dumps({"question": Q}), "response": json.dumps(A)}}


def ragas():
    return {"user_input": Q, "retrieved_contexts": [P], "response": A, "reference": "berth 4", "faithfulness": 0.9}


def deepeval():
    told = [{"name": "Faithfulness", "score": 0.9, "threshold": 0.5, "success": True, "reason": "so"}]
    return {
        "testCases": [
            {"input": Q, "actualOutput": A, "actual_output": A, "retrieval_context": [P], "metricsData": told}
        ]
    }


def jsonl():
    row = {"id": "a", "at": "2026-01-05T08:00:00Z", "question": Q, "answer": A, "model": "m-1", "session": "s1"}
    row["contexts"] = [{"text": P, "source": "port.md"}]
    return row | {"scores": [{"metric": "faithfulness", "value": 0.9, "source": "judge"}]}
