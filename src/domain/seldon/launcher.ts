import type { ServerProgram, ServingRequest } from "./serving.ts";

/** What a model server says first: on which ports it listens. Everything after it is log. */
const PORTS_LINE = /^model-road-ports (\{.{1,200}\})$/;

/**
 * Starts seldon-core's microservice so that it listens on loopback only, on free ports of its own.
 *
 * The microservice binds 0.0.0.0 by itself and can not be told otherwise, so the two ways in which it binds are wrapped: sockets
 * of Python (gunicorn, Flask, the reserved gRPC port) and the ports of a gRPC server, which C code binds. Its children are forks,
 * so they inherit this. The ports are reserved by sockets that stay bound but never listen: nobody can take them between the
 * choice and the start. Standard input is a lifeline: when it ends, whoever started us is gone, and the whole group ends.
 *
 * The folder of this file stands first in sys.path and holds nothing else; the microservice itself adds the working directory.
 */
export const LAUNCHER = `import json, os, signal, socket, sys, threading

reserved = {}
plain_bind = socket.socket.bind
LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


def local(host, family):
    if host in ("localhost", "::1") or host.startswith("127."):
        return host
    return LOOPBACK[family]


def bind(self, address):
    # A datagram socket without a port asks the outside (a name, the time): it stays as it is.
    if self.family in LOOPBACK and not (self.type == socket.SOCK_DGRAM and address[1] == 0):
        host = address[0] if isinstance(address[0], str) else bytes(address[0]).decode()
        address = (local(host, self.family),) + tuple(address[1:])
        if address[1] in reserved:
            self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return plain_bind(self, address)


def reserve():
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    plain_bind(held, ("127.0.0.1", 0))
    port = held.getsockname()[1]
    reserved[port] = held
    return port


def grpc_address(address):
    if address.startswith("unix"):
        return address
    return "127.0.0.1:" + address.rsplit(":", 1)[1]


def bind_grpc():
    try:
        import grpc, grpc.aio
    except ImportError:
        return

    def wrapped(make):
        def server(*args, **kwargs):
            made = make(*args, **kwargs)
            insecure, secure = made.add_insecure_port, made.add_secure_port
            made.add_insecure_port = lambda address: insecure(grpc_address(address))
            made.add_secure_port = lambda address, credentials: secure(grpc_address(address), credentials)
            return made

        return server

    grpc.server = wrapped(grpc.server)
    grpc.aio.server = wrapped(grpc.aio.server)


def watch_lifeline():
    while os.read(0, 4096):
        pass
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def main():
    model_class, workers = sys.argv[1:3]
    threading.Thread(target=watch_lifeline, daemon=True).start()
    ports = {name: reserve() for name in ("http", "grpc", "metrics")}
    print("model-road-ports " + json.dumps(ports), flush=True)
    socket.socket.bind = bind
    bind_grpc()
    try:
        from seldon_core.microservice import main as serve
    except ImportError as missing:
        sys.exit("seldon-core can not be imported by " + sys.executable + ": " + str(missing))
    sys.argv[1:] = [model_class, "--service-type", os.environ.get("SERVICE_TYPE", "MODEL"), "--workers", workers]
    for name, port in ports.items():
        sys.argv += ["--" + name + "-port", str(port)]
    serve()


if __name__ == "__main__":
    main()
`;

/** How the front calls the launcher for a version. */
export function launcherProgram(
  request: ServingRequest,
  launcher: string,
  env: Readonly<Record<string, string>>,
): ServerProgram {
  return {
    command: request.python,
    args: [launcher, request.modelClass, String(request.replicas)],
    cwd: request.folder,
    env: {
      ...env,
      MODEL_NAME: request.modelClass,
      SERVICE_TYPE: "MODEL",
      // The front shows the last lines of a server that fails: they must not wait in a buffer.
      PYTHONUNBUFFERED: "1",
      // The release folder is what was proven; nothing is written into it.
      PYTHONDONTWRITEBYTECODE: "1",
      ...(request.modelPath === undefined ? {} : { MODEL_PATH: request.modelPath }),
    },
  };
}

/** The port for predictions from the server's first line; `undefined` for any other line. */
export function announcedPort(line: string): number | undefined {
  const [, json] = PORTS_LINE.exec(line) ?? [];
  if (json === undefined) return undefined;
  try {
    const { http } = JSON.parse(json) as { http?: unknown };
    return typeof http === "number" && Number.isInteger(http) && http > 0 && http < 65_536 ? http : undefined;
  } catch {
    return undefined;
  }
}
