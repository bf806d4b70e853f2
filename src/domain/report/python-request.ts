import { pasteableRequest } from "./curl.ts";

/** Text as a literal of Python, whatever stands in it: plain quotes where they do, else the escapes that JSON and Python share. */
export function pythonLiteral(text: string): string {
  return /^[^'\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]*$/.test(text) ? `'${text}'` : asciiJson(text);
}

/** JSON in ASCII: a code point beyond 16 bits is two escapes to JSON, and one to Python. */
function asciiJson(text: string): string {
  return JSON.stringify(text.toWellFormed())
    .replaceAll("\\/", "/")
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/g, (_, high: string, low: string) => {
      const point = String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)).codePointAt(0)!;
      return `\\U${point.toString(16).padStart(8, "0")}`;
    });
}

/** A prediction request as a program of Python that needs nothing but Python; `undefined` where the URL is none of HTTP. */
export function predictionPython(url: string, body: string | undefined): string | undefined {
  const request = pasteableRequest(url, body);
  if (request === undefined) return undefined;
  return [
    "import json, urllib.request",
    "",
    "request = urllib.request.Request(",
    `    ${pythonLiteral(request.url)},`,
    `    data=${pythonLiteral(request.body)}.encode(),`,
    `    headers={'Content-Type': 'application/json'},`,
    ")",
    "with urllib.request.urlopen(request) as answer:",
    "    print(json.load(answer))",
  ].join("\n");
}
