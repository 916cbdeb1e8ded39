"""Whatever is sent by the description of the API, or against it: never an error of the server, never another shape."""

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.pipelines.serve.conftest import copied, serving


@pytest.fixture(scope="module")
def guarded(demo_workspace, tmp_path_factory):
    from pipelines.serve.service import open_keys
    from pipelines.wiring.workspace import open_workspace

    folder = copied(demo_workspace, tmp_path_factory.mktemp("guarded") / "work")
    key = open_keys(open_workspace(folder)).add("fuzzer", ("default",), ("admin",))
    with serving(folder) as running:
        running.key = key
        yield running


@pytest.fixture(scope="module")
def schema(guarded):
    return schemathesis.openapi.from_url(f"{guarded.url}/openapi.json")


OPERATIONS = [
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{name}"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/embeddings"),
    ("POST", "/v1/rerank"),
    ("POST", "/v1/feedback"),
    ("GET", "/v1/passages"),
    ("GET", "/v1/drift"),
    ("GET", "/reports/latest"),
    ("POST", "/session"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
]


def test_every_route_is_described_without_the_refusal_we_do_not_use(guarded):
    description = guarded.http.get("/openapi.json").json()
    assert {"/v1/chat/completions", "/v1/embeddings", "/v1/rerank", "/v1/feedback"} <= description["paths"].keys()
    assert "422" not in str(description["paths"])


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as_described", "against_it"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_generated_requests_are_answered_or_refused_in_the_shape_described(guarded, schema, method, path, mode):
    operation = schema[path][method]
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
        return  # nothing in it can be wrong

    @hypothesis.settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def holds(case):
        response = case.call(headers={"Authorization": f"Bearer {guarded.key}"})
        case.validate_response(
            response, checks=[not_a_server_error, status_code_conformance, response_schema_conformance]
        )
        assert "Traceback" not in response.text

    holds()
