"""A collector of OpenTelemetry spans on loopback: takes OTLP/HTTP protobuf, keeps what it got."""

import gzip
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Received:
    name: str
    attributes: dict
    resource: dict
    span: object = field(repr=False)


def value_of(value):
    kind = value.WhichOneof("value")
    return [value_of(item) for item in value.array_value.values] if kind == "array_value" else getattr(value, kind)


class Collector:
    """`with Collector() as collector`: spans sent to `collector.url` are in `collector.spans`, newest last."""

    def __init__(self, status=200):
        self.spans = []
        self.headers = []
        self.arrived = threading.Event()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
                collector.take(self.path, dict(self.headers), ExportTraceServiceRequest.FromString(body))
                reply = ExportTraceServiceResponse().SerializeToString()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def take(self, path, headers, request):
        assert path == "/v1/traces"
        self.headers.append(headers)
        for group in request.resource_spans:
            resource = {item.key: value_of(item.value) for item in group.resource.attributes}
            for scope in group.scope_spans:
                for span in scope.spans:
                    attributes = {item.key: value_of(item.value) for item in span.attributes}
                    self.spans.append(Received(span.name, attributes, resource, span))
        self.arrived.set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.server_close()
