// A model server in a few lines: announces its ports as the launcher does, and ends with its standard input.
// Arguments: the value that it predicts, and words that make it bad: see below.
import { createServer } from "node:http";

const [, , value = "0", ...words] = process.argv;
const has = (word) => words.includes(word);

process.stdin.on("end", () => process.exit(0)).resume();
if (has("dies")) {
  console.error("Traceback (most recent call last):");
  console.error("FileNotFoundError: model.joblib");
  process.exit(1);
}
const rows = () => (has("nan") ? "[[NaN, 1.0]]" : has("flat") ? "[0.5, 0.5]" : `[[${value}, 1.0]]`);
const server = createServer((request, response) => {
  if (request.url === "/health/ping") return response.end("pong");
  if (has("sleepy")) return undefined;
  if (request.url === "/exit") process.exit(9);
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    const answer = has("none")
      ? `{"status":{"status":1,"info":"Unknown data type returned as payload","code":-1,"reason":"MICROSERVICE_BAD_DATA"}}`
      : `{"data":{"names":["a","b"],"ndarray":${rows()}},"meta":{"path":"${request.url}","bytes":${body.length}}}`;
    const send = () => response.writeHead(has("none") ? 400 : 200, { "content-type": "application/json" }).end(answer);
    if (request.url.startsWith("/slow")) setTimeout(send, 700);
    else send();
  });
});
setTimeout(
  () =>
    server.listen(0, "127.0.0.1", () => {
      console.log(`serving ${value} with ${Object.keys(process.env).sort().join(" ")}`);
      console.log(`model-road-ports {"http": ${server.address().port}}`);
    }),
  has("late") ? 500 : 0,
);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
