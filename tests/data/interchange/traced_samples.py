"""By tool: how it records an answer, and what of it is read."""

from tests.data.interchange.row_samples import (
    deepeval,
    jsonl,
    langfuse,
    langfuse_download,
    langsmith,
    mlflow,
    opik,
    phoenix,
    ragas,
)
from tests.data.interchange.span_samples import (
    genai,
    genai_events,
    genai_logs,
    haystack,
    openinference,
    openllmetry,
    openllmetry_without_workflow,
    vercel,
)

ALL = {"question", "answer", "passages", "source", "model", "time", "session"}
SAMPLES = {
    "JSON Lines": (jsonl, ALL | {"scores"}),
    "OpenInference": (openinference, ALL),
    "OpenLLMetry": (openllmetry, ALL),
    "OpenLLMetry, no workflow": (openllmetry_without_workflow, ALL),
    "OTel GenAI": (genai, ALL),
    "OTel GenAI, span events": (genai_events, ALL),
    "OTel GenAI, log records": (genai_logs, ALL),
    "Vercel AI": (vercel, ALL),
    "Haystack": (haystack, ALL),
    "Langfuse": (langfuse, ALL | {"scores"}),
    "Langfuse, download": (langfuse_download, ALL | {"scores"}),
    "Phoenix": (phoenix, ALL | {"scores"}),
    "LangSmith": (langsmith, ALL | {"scores"}),
    "Opik": (opik, ALL | {"scores"}),
    "MLflow": (mlflow, ALL | {"scores"}),
    "ragas": (ragas, {"question", "answer", "passages", "scores"}),
    "DeepEval": (deepeval, {"question", "answer", "passages", "scores"}),
}
"""By tool: how it records the answer, and what of it is read. What is not named is not recorded there."""
