// A project small enough to train in a blink: rows are one number, the model is a threshold, a share of which is given away to
// make it worse. Everything runs by a plain Python; where a model server is needed, a few lines stand in for seldon-core.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const examples = resolve(import.meta.dirname, "..", "..", "workflows-examples");

const ROWS = `
def rows():
    for at in range(200):
        x = (at * 37 % 200) / 200
        yield at, x, int(x > 0.5), "north" if at % 3 else "south"

def answer(x, threshold):
    return int(x > threshold)
`;

const TRAIN = `
import json, os, pathlib
from rows import rows, answer
threshold = float(os.environ["PARAM_THRESHOLD"])
pathlib.Path("model").mkdir(exist_ok=True)
pathlib.Path("model/model.json").write_text(json.dumps({"threshold": threshold}))
right = [answer(x, threshold) == y for _, x, y, _ in rows()]
pathlib.Path("metrics.json").write_text(json.dumps({"accuracy": sum(right) / len(right)}))
`;

const EVALUATE = `
import json, os
from rows import rows, answer
threshold = json.load(open(os.environ["MODEL_PATH"]))["threshold"]
found = [(at, y, answer(x, threshold), g) for at, x, y, g in rows()]
with open("predictions.csv", "w") as out:
    out.write("id,y_true,y_pred,region\\n")
    for row in found:
        out.write(",".join(map(str, row)) + "\\n")
share = lambda some: sum(y == p for _, y, p, _ in some) / len(some)
groups = {g: [row for row in found if row[3] == g] for g in ("north", "south")}
classes = {c: [row for row in found if row[1] == c] for c in (0, 1)}
json.dump({
    "accuracy": share(found), "n": len(found),
    "slices": {
        "accuracy": {f"region={g}": share(some) for g, some in groups.items()},
        "recall": {f"class={c}": share(some) for c, some in classes.items()},
        "n": {f"region={g}": len(some) for g, some in groups.items()},
    },
}, open(os.environ["METRICS_PATH"], "w"))
`;

const MODEL = `
import json, os
class Digits:
    def __init__(self):
        self.threshold = json.load(open(os.environ["MODEL_PATH"]))["threshold"]
    def predict(self, rows):
        if self.threshold > 0.95:
            raise ValueError("this one can not answer")
        if self.threshold > 0.93 and any(row[0] == 0.5 for row in rows):
            raise ValueError("this one stumbles half-way")
        return [[0.1, 0.9] if row[0] > self.threshold else [0.9, 0.1] for row in rows]
`;

/** What the launcher needs of seldon-core: a class, a port, and answers in its protocol. */
const MICROSERVICE = `
import argparse, importlib, json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    for option in ("service-type", "workers", "http-port", "grpc-port", "metrics-port"):
        parser.add_argument("--" + option)
    args = parser.parse_args()
    sys.path.insert(0, os.getcwd())
    model = getattr(importlib.import_module(args.name), args.name)()

    class Handler(BaseHTTPRequestHandler):
        def reply(self, status, text):
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())
        def do_GET(self):
            self.reply(200, "pong")
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            try:
                rows = model.predict(asked["data"]["ndarray"])
            except ValueError as error:
                return self.reply(500, json.dumps({"status": {"status": "FAILURE", "info": str(error)}}))
            self.reply(200, json.dumps({"data": {"names": ["t:0", "t:1"], "ndarray": rows}}))
        def log_message(self, *_):
            pass

    HTTPServer.allow_reuse_address = True
    HTTPServer(("0.0.0.0", int(args.http_port)), Handler).serve_forever()
`;

/** Half of the rows are above 0.5: the farther the threshold is from there, the more answers are wrong. */
export const params = (threshold: number): string => `threshold: ${threshold}\n`;

const baselineOf = (threshold: number): string =>
  Array.from({ length: 200 }, (_, at) => {
    const x = ((at * 37) % 200) / 200;
    return `${at},${x > 0.5 ? 1 : 0},${x > threshold ? 1 : 0}`;
  }).join("\n");

const golden = Array.from({ length: 40 }, (_, at) => {
  const x = ((at * 7) % 40) / 40;
  return JSON.stringify({ x: [x], y_true: x > 0.5 ? 1 : 0, id: `g${at}`, region: at % 2 ? "north" : "south" });
}).join("\n");

/** The files of the project, with an example as its workflow. */
export function projectWith(example: string, threshold: number): Record<string, string> {
  return {
    ".github/workflows/main.yml": readFileSync(join(examples, example), "utf8"),
    "rows.py": ROWS,
    "train.py": TRAIN,
    "evaluate.py": EVALUATE,
    "Digits.py": MODEL,
    "params.yaml": params(threshold),
    "baseline.csv": `id,y_true,y_pred\n${baselineOf(0.55)}\n`,
    "golden.jsonl": `${golden}\n`,
  };
}

/** Puts the stand-in for seldon-core where the Python of this home folder finds packages. */
export function installModelServer(home: string): void {
  const asking = "import site; print(site.getusersitepackages())";
  const found = execFileSync("python3", ["-c", asking], { encoding: "utf8", env: { ...process.env, HOME: home } });
  const folder = join(found.trim(), "seldon_core");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "__init__.py"), "");
  writeFileSync(join(folder, "microservice.py"), MICROSERVICE);
}
