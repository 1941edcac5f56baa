"""A gRPC service that knows nothing of this system, registered in Consul as go-micro does it.

Usage: greeter.py CONSUL_URL [--name greet] [--port 0] [--plain-tags]

Serves greet.Greeter (Hello, Fail, Stream) with reflection, registers it with a
check of 5 seconds, and prints `ready PORT`. Ends, and leaves the registry, when
its standard input closes.
"""

import argparse
import binascii
import json
import sys
import threading
import time
import urllib.request
import uuid
import zlib
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_reflection.v1alpha import reflection

TTL_S = 5
TEXT = descriptor_pb2.FieldDescriptorProto.TYPE_STRING
ONCE = descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL


def describe():
    """Makes the messages and the service, as a proto file would."""
    file = descriptor_pb2.FileDescriptorProto(name="greet.proto", package="greet", syntax="proto3")
    for name, field in (("HelloRequest", "name"), ("HelloReply", "message")):
        file.message_type.add(name=name).field.add(name=field, number=1, type=TEXT, label=ONCE)
    service = file.service.add(name="Greeter")
    for name in ("Hello", "Fail", "Stream"):
        service.method.add(
            name=name,
            input_type=".greet.HelloRequest",
            output_type=".greet.HelloReply",
            server_streaming=name == "Stream",
        )
    descriptor_pool.Default().Add(file)
    return [
        message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(f"greet.{name}"))
        for name in ("HelloRequest", "HelloReply")
    ]


REQUEST, REPLY = describe()


def hello(request, context):
    """Greets; the name `?` is answered with the names of the metadata that came, `?NAME` with what NAME said."""
    metadata = dict(context.invocation_metadata())
    if request.name == "?":
        return REPLY(message=" ".join(sorted(metadata)))
    if request.name.startswith("?"):
        return REPLY(message=metadata.get(request.name[1:], ""))
    return REPLY(message=f"Hello, {request.name}")


def fail(request, context):
    """Fails the way services of go-micro do."""
    error = {"id": "greet", "code": 404, "detail": f"nobody is called {request.name}", "status": "Not Found"}
    context.abort(grpc.StatusCode.NOT_FOUND, json.dumps(error))


def stream(request, context):
    for letter in request.name:
        yield REPLY(message=letter)


def serve(port):
    def handler(kind, function):
        return kind(function, request_deserializer=REQUEST.FromString, response_serializer=REPLY.SerializeToString)

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    methods = {
        "Hello": handler(grpc.unary_unary_rpc_method_handler, hello),
        "Fail": handler(grpc.unary_unary_rpc_method_handler, fail),
        "Stream": handler(grpc.unary_stream_rpc_method_handler, stream),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("greet.Greeter", methods),))
    reflection.enable_server_reflection(("greet.Greeter", reflection.SERVICE_NAME), server)
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, port


def tags(plain):
    metadata = {"broker": "http", "transport": "grpc", "server": "grpc", "registry": "consul", "protocol": "grpc"}

    def value(name, field):
        return {"name": name, "type": name, "values": [{"name": field, "type": "string", "values": None}]}

    def endpoint(name):
        return {
            "name": f"Greeter.{name}",
            "request": value("HelloRequest", "name"),
            "response": value("HelloReply", "message"),
            "metadata": {"stream": "true"} if name == "Stream" else {},
        }

    said = [("t", json.dumps({key: value})) for key, value in metadata.items()]
    said += [("e", json.dumps(endpoint(name))) for name in ("Hello", "Fail", "Stream")]
    said += [("v", "latest")]
    if plain:
        return [f"{kind}={text}" for kind, text in said]
    return [f"{kind}-{binascii.hexlify(zlib.compress(text.encode())).decode()}" for kind, text in said]


def put(url, body=None):
    data = b"" if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data=data, method="PUT"), timeout=5):
        pass


def main():
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("consul")
    parser.add_argument("--name", default="greet")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--plain-tags", action="store_true")
    given = parser.parse_args()
    server, port = serve(given.port)
    node = f"{given.name}-{uuid.uuid4()}"
    put(
        f"{given.consul}/v1/agent/service/register",
        {
            "ID": node,
            "Name": given.name,
            "Address": "127.0.0.1",
            "Port": port,
            "Tags": tags(given.plain_tags),
            "Check": {"TTL": f"{TTL_S}s", "DeregisterCriticalServiceAfter": "65s"},
        },
    )

    def stay_alive():
        while True:
            put(f"{given.consul}/v1/agent/check/pass/service:{node}")
            time.sleep(TTL_S / 3)

    threading.Thread(target=stay_alive, daemon=True).start()
    print(f"ready {port}", flush=True)
    sys.stdin.read()
    put(f"{given.consul}/v1/agent/service/deregister/{node}")
    server.stop(grace=2).wait()


if __name__ == "__main__":
    main()
