"""Own stand-in for Seldon's executor: the routes of protocol seldon through a graph, readiness by the open ports of its nodes, and,
as the real one, no hook at its end: at SIGTERM it listens no longer."""
import base64
import json
import os
import random
import signal
import socket
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREDICTOR = json.loads(base64.b64decode(os.environ.get("ENGINE_PREDICTOR", "")) or b'{"graph":{"name":"classifier"}}')
GRAPH = PREDICTOR["graph"]
# The real one hides it unless it is told: https://docs.seldon.io/projects/seldon-core/en/latest/analytics/routers.html
TELLS_ROUTING = os.environ.get("SELDON_ENABLE_ROUTING_INJECTION", "") != ""


class Refused(Exception):
    """What a node answered in place of a result."""

    def __init__(self, code, body):
        super().__init__(code)
        self.code, self.body = code, body


def children(node):
    return node.get("children") or []


def is_ab_test(node):
    return node.get("implementation") == "RANDOM_ABTEST"


def address(node):
    endpoint = node.get("endpoint") or {}
    return "127.0.0.1", endpoint.get("httpPort", 9000)


def every(node):
    yield node
    for child in children(node):
        yield from every(child)


def ask(node, path, message):
    url = "http://%s:%d%s" % (*address(node), path)
    asked = urllib.request.Request(url, json.dumps(message).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=10) as told:
            return json.loads(told.read())
    except urllib.error.HTTPError as error:
        raise Refused(error.code, error.read()) from error
    except OSError as error:
        info = {"status": {"code": 500, "info": str(error), "status": "FAILURE"}}
        raise Refused(500, json.dumps(info).encode()) from error


def branch_of(node, message):
    """Which child: its index, -1 for all of them, -2 for none."""
    if is_ab_test(node):
        ratio = float(next((p["value"] for p in node.get("parameters", []) if p["name"] == "ratioA"), "0.5"))
        return 0 if random.random() < ratio else 1
    if node.get("type") != "ROUTER":
        return -1
    data = ask(node, "/route", message)["data"]
    return int(data["ndarray"][0][0] if "ndarray" in data else data["tensor"]["values"][0])


def predict(node, message, routing):
    kind = "" if is_ab_test(node) else node.get("type") or "MODEL"
    if kind in ("MODEL", "TRANSFORMER"):
        message = ask(node, "/predict" if kind == "MODEL" else "/transform-input", message)
    if children(node):
        branch = branch_of(node, message)
        if kind == "ROUTER" or is_ab_test(node):
            routing[node["name"]] = branch
        if branch == -2:
            return message
        chosen = children(node) if branch == -1 else [children(node)[branch]]
        answers = [predict(child, message, routing) for child in chosen]
        message = ask(node, "/aggregate", {"seldonMessages": answers}) if kind == "COMBINER" else answers[0]
    return ask(node, "/transform-output", message) if kind == "OUTPUT_TRANSFORMER" else message


def feed_back(node, feedback):
    branch = feedback.get("response", {}).get("meta", {}).get("routing", {}).get(node["name"], -1)
    for child in children(node) if branch == -1 else children(node)[branch : branch + 1]:
        feed_back(child, feedback)
    if not is_ab_test(node) and (node.get("type") or "MODEL") in ("MODEL", "ROUTER"):
        ask(node, "/send-feedback", feedback)


def answer_to(path, message):
    if path in ("/api/v1.0/feedback", "/api/v0.1/feedback"):
        feed_back(GRAPH, message)
        return {}
    routing = {}
    told = predict(GRAPH, message, routing)
    if TELLS_ROUTING and routing:
        told.setdefault("meta", {}).setdefault("routing", {}).update(routing)
    return told


class Executor(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, code, body, kind="application/json"):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/live":
            return self.answer(200, b"")
        if self.path == "/ready":
            try:
                for node in every(GRAPH):
                    if not is_ab_test(node):
                        socket.create_connection(address(node), 1).close()
            except OSError:
                return self.answer(503, b"")
            return self.answer(200, b"")
        self.answer(404, b"404 page not found\n", "text/plain")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path not in tuple("/api/%s/%s" % (v, p) for v in ("v1.0", "v0.1") for p in ("predictions", "feedback")):
            return self.answer(404, b"404 page not found\n", "text/plain")
        try:
            self.answer(200, json.dumps(answer_to(self.path, json.loads(body))).encode())
        except Refused as refused:
            # Its content type is written too late, so that errors come as text.
            self.answer(refused.code, refused.body, "text/plain; charset=utf-8")
        except ValueError as error:
            info = {"status": {"code": 400, "info": str(error), "reason": "MICROSERVICE_BAD_DATA", "status": "FAILURE"}}
            self.answer(400, json.dumps(info).encode(), "text/plain; charset=utf-8")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer((os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8000"))), Executor)
server.daemon_threads = True
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
print("listening on %d" % server.server_address[1])
sys.stdout.flush()
server.serve_forever()
