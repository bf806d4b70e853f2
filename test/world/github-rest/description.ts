import { readFileSync } from "node:fs";

import { Ajv, type ValidateFunction } from "ajv";

// The description is data of someone else's making; its nodes are walked, not modelled.
type Node = any;

/** One operation of GitHub's OpenAPI description, ready to check requests and answers. Every check returns what is wrong. */
export type Operation = {
  id: string;
  verb: string;
  /** The path parameters, or undefined if the path is another one. */
  match: (pathname: string) => Record<string, string> | undefined;
  checkParameters: (where: "path" | "query", given: Record<string, string>) => string | undefined;
  checkBody: (body: unknown) => string | undefined;
  checkAnswer: (status: number, body: unknown) => string | undefined;
  /** A fresh copy of the description's own example of an answer. */
  example: (status?: number) => Node;
};

/** Reads slice.json, see slice.ts. */
export function readDescription(file = new URL("./slice.json", import.meta.url)): Operation[] {
  const description: Node = JSON.parse(readFileSync(file, "utf8"));
  const settings = { strict: false, allErrors: true, validateFormats: false } as const;
  const exact = new Ajv({ ...settings, coerceTypes: false });
  // Parameters arrive as text: "7" is an integer there.
  const textual = new Ajv({ ...settings, coerceTypes: "array" });
  const components = { ...nullableAsUnion({ components: description.components }), $id: "github" };
  for (const ajv of [exact, textual]) ajv.addSchema(components);

  const dereference = (node: Node): Node => {
    if (!node?.$ref) return node;
    const [, ...keys] = String(node.$ref).split("/");
    return dereference(keys.reduce((value, key) => value[key], description));
  };
  const compile = (ajv: Ajv, schema: Node): ValidateFunction =>
    ajv.compile(JSON.parse(JSON.stringify(nullableAsUnion(schema)).replaceAll('"#/components', '"github#/components')));
  const errorOf = (ajv: Ajv, check: ValidateFunction, value: unknown, what: string) =>
    check(value) ? undefined : `${what}: ${ajv.errorsText(check.errors, { dataVar: what })}`;

  function operation(path: string, verb: string, described: Node): Operation {
    const parameters: Node[] = (described.parameters ?? []).map(dereference);
    const compiled = new Map<string, ValidateFunction>();
    const once = (key: string, make: () => ValidateFunction): ValidateFunction => {
      const check = compiled.get(key) ?? make();
      compiled.set(key, check);
      return check;
    };
    const bodySchema = dereference(described.requestBody)?.content?.["application/json"]?.schema;
    const bodyRequired = dereference(described.requestBody)?.required === true;
    const answerContent = (status: number) => dereference(described.responses[status])?.content?.["application/json"];
    return {
      id: described.operationId,
      verb: verb.toUpperCase(),
      match: pathMatcher(path),
      checkParameters(where, given) {
        const known = parameters.filter((p) => p.in === where);
        const check = once(where, () =>
          compile(textual, {
            type: "object",
            additionalProperties: false,
            required: known.filter((p) => p.required).map((p) => p.name),
            properties: Object.fromEntries(known.map((p) => [p.name, p.schema])),
          }),
        );
        return errorOf(textual, check, { ...given }, where);
      },
      checkBody(body) {
        if (!bodySchema) return body === undefined ? undefined : "this operation takes no body";
        if (body === undefined && !bodyRequired) return undefined;
        const check = once("body", () => compile(exact, withoutUnknownFields(dereference(bodySchema))));
        return errorOf(exact, check, body ?? {}, "body");
      },
      checkAnswer(status, body) {
        if (!described.responses[status]) return `${described.operationId} never answers ${status}`;
        const schema = answerContent(status)?.schema;
        if (!schema) return undefined;
        return errorOf(
          exact,
          once(`answer ${status}`, () => compile(exact, schema)),
          body,
          `answer ${status}`,
        );
      },
      example: (status = 200) => {
        const examples: Node[] = Object.values(answerContent(status)?.examples ?? {});
        return structuredClone(dereference(examples[0])?.value);
      },
    };
  }

  return Object.entries<Node>(description.paths).flatMap(([path, item]) =>
    Object.entries<Node>(item).map(([verb, described]) => operation(path, verb, described)),
  );
}

/** A path template as a function. The last parameter of a contents or ref path may hold slashes. */
function pathMatcher(path: string): Operation["match"] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? "");
  const spansSlashes = path.includes("/git/refs/") || path.includes("/contents/") || path.includes("/compare/");
  const source = path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, spansSlashes ? "(.+?)" : "([^/]+)");
  const pattern = new RegExp(`^${source.replace("/repos/(.+?)/(.+?)/", "/repos/([^/]+)/([^/]+)/")}$`);
  return (pathname) => {
    const found = pattern.exec(pathname);
    if (!found) return undefined;
    return Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? "")]));
  };
}

/** A misspelt field is an error, though JSON Schema would let it pass. */
const withoutUnknownFields = (schema: Node): Node =>
  schema.properties && schema.additionalProperties === undefined ? { ...schema, additionalProperties: false } : schema;

/** OpenAPI 3.0 says `nullable`; JSON Schema says "or null". */
function nullableAsUnion(node: Node): Node {
  if (Array.isArray(node)) return node.map(nullableAsUnion);
  if (!node || typeof node !== "object") return node;
  const { nullable, ...rest } = node;
  if (nullable === true && !rest.type) return { anyOf: [nullableAsUnion(rest), { type: "null" }] };
  if (nullable === true && rest.enum && !rest.enum.includes(null)) {
    return { ...nullableAsUnion({ ...rest, enum: [...rest.enum, null] }), type: [rest.type, "null"] };
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, nullableAsUnion(value)]));
}
