import { ActionError, messageOf } from "../../errors.ts";
import type { Json } from "./json.ts";

export type YamlLimits = {
  /** What the text is, for the error: `input "params"`. */
  readonly where: string;
  /** UTF-8 bytes. */
  readonly maxBytes: number;
  readonly maxDepth?: number;
  /** Turns the source text of a number into a value; without it a number must be a finite double. */
  readonly number?: (source: string) => Json;
};

/**
 * Reads one YAML 1.2 document of the core schema (so `no` is a text, not false). Aliases are refused: eight lines of them are
 * a gigabyte. Every mapping is an object without prototype whose names are texts, and a name stands once.
 */
export async function parseYaml(text: string, limits: YamlLimits): Promise<Json> {
  const { where, maxBytes, maxDepth = 64 } = limits;
  if (Buffer.byteLength(text) > maxBytes) {
    throw new ActionError({ where, expected: `at most ${maxBytes} bytes`, seen: `${Buffer.byteLength(text)} bytes` });
  }
  // The library takes a text of comments only for a mistake; for a user it is an empty file.
  if (text.split(/\r\n|\n|\r/).every((line) => /^\s*(?:#|$)/.test(line))) return null;
  const yaml = await import("js-yaml");

  const map = yaml.defineMappingTag<{ [name: string]: Json }>("tag:yaml.org,2002:map", {
    create: () => Object.create(null) as { [name: string]: Json },
    addPair: (carrier, key, value) => {
      const name = nameOf(key);
      if (name === undefined) return "a mapping's name must be a text or a number";
      carrier[name] = value as Json;
      return "";
    },
    has: (carrier, key) => Object.hasOwn(carrier, nameOf(key) ?? ""),
    keys: (result) => Object.keys(result),
    get: (result, key) => result[String(key)],
    identify: () => false,
  });
  const number = (source: string): Json => {
    const value = limits.number ? limits.number(source) : Number(source);
    if (typeof value !== "number" || Number.isFinite(value)) return value;
    throw new ActionError({ where, expected: "finite numbers", seen: source.slice(0, 40) });
  };
  const scalar = (tag: string, form: RegExp) =>
    yaml.defineScalarTag<Json>(tag, {
      implicit: true,
      resolve: (source) => (form.test(source) ? number(source) : yaml.NOT_RESOLVED),
      identify: () => false,
    });
  const schema = yaml.CORE_SCHEMA.withTags(
    map,
    scalar("tag:yaml.org,2002:int", /^[-+]?(?:[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/),
    scalar("tag:yaml.org,2002:float", /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/),
  );
  try {
    return (yaml.load(text, { schema, maxDepth, maxAliases: 0 }) ?? null) as Json;
  } catch (thrown) {
    if (thrown instanceof ActionError) throw thrown;
    throw new ActionError(
      { where, expected: "one plain YAML document without aliases", seen: firstLine(messageOf(thrown)) },
      { cause: thrown },
    );
  }
}

const nameOf = (key: unknown): string | undefined =>
  typeof key === "string" || typeof key === "number" || typeof key === "boolean" ? String(key) : undefined;

const firstLine = (text: string): string => text.split("\n", 1)[0]!.slice(0, 200);
