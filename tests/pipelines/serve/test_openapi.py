"""Whatever is sent by the description of the API, or against it: never an error of the server, never another shape."""

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.pipelines.serve.conftest import copied, serving


@pytest.fixture(scope="module")
def guarded(demo_workspace, tmp_path_factory):
    from pipelines.serve.service import open_keys
    from pipelines.workspace import open_workspace

    folder = copied(demo_workspace, tmp_path_factory.mktemp("guarded") / "work")
    key = open_keys(open_workspace(folder)).add("fuzzer", ("default",))
    with serving(folder) as running:
        running.key = key
        yield running


@pytest.fixture(scope="module")
def schema(guarded):
    return schemathesis.openapi.from_url(f"{guarded.url}/openapi.json")


def test_every_route_is_described_without_the_refusal_we_do_not_use(guarded):
    description = guarded.http.get("/openapi.json").json()
    assert {"/v1/chat/completions", "/v1/embeddings", "/v1/rerank", "/v1/feedback"} <= description["paths"].keys()
    assert "422" not in str(description["paths"])


generated = schemathesis.pytest.from_fixture("schema")


@generated.exclude(path="/metrics").parametrize()
@hypothesis.settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(hypothesis.HealthCheck)
)
def test_generated_requests_are_answered_or_refused_in_the_shape_described(case, guarded):
    response = case.call(headers={"Authorization": f"Bearer {guarded.key}"})
    case.validate_response(response, checks=[not_a_server_error, status_code_conformance, response_schema_conformance])
    if response.status_code >= 400:
        assert response.json()["error"]["message"]
    assert "Traceback" not in response.text
