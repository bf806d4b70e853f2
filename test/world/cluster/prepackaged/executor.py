"""Own stand-in for Seldon's executor before one model: the routes of protocol seldon, its readiness by the model's open port,
and, as the real one, no hook at its end: at SIGTERM it listens no longer."""
import json
import os
import signal
import socket
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = ("127.0.0.1", 9000)


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
                socket.create_connection(MODEL, 1).close()
            except OSError:
                return self.answer(503, b"")
            return self.answer(200, b"")
        self.answer(404, b"404 page not found\n", "text/plain")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path not in ("/api/v1.0/predictions", "/api/v0.1/predictions"):
            return self.answer(404, b"404 page not found\n", "text/plain")
        url = "http://%s:%d/predict" % MODEL
        asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(asked, timeout=10) as told:
                self.answer(told.status, told.read())
        except urllib.error.HTTPError as error:
            # Its content type is written too late, so that errors come as text.
            self.answer(error.code, error.read(), "text/plain; charset=utf-8")
        except OSError as error:
            info = {"status": {"code": 500, "info": str(error), "status": "FAILURE"}}
            self.answer(500, json.dumps(info).encode(), "text/plain; charset=utf-8")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8000"))), Executor)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
server.serve_forever()
