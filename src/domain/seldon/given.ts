import { quote, refuse } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";
import { quantity } from "./lint.ts";
import type { Parameter } from "./resource.ts";

const LIMITS = { where: "YAML", maxBytes: 64 * 1024 };
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

type Fields = { readonly [name: string]: Json };

/**
 * Reads `name: value` pairs as Seldon's parameters, each with the type that its value has.
 * @throws ActionError
 */
export async function parseParameters(text: string): Promise<readonly Parameter[]> {
  // A number keeps its source text: 1.0 is not 1.
  return parametersOf(await parseYaml(text, { ...LIMITS, number: sourceOf }));
}

/** How a number of YAML must be read for `parametersOf`. */
export const sourceOf = (source: string): Json => ({ source });

/** The parameters of a mapping whose numbers were read by `sourceOf`. @throws ActionError */
export function parametersOf(mapping: Json): readonly Parameter[] {
  return Object.entries(fieldsOf(mapping)).map(([name, value]) => {
    if (!NAME.test(name)) refuse({ where: "a parameter's name", expected: "letters, digits and _", seen: quote(name) });
    if (typeof value === "boolean") return { name, value: String(value), type: "BOOL" };
    if (typeof value === "string") return { name, value, type: "STRING" };
    const source = value !== null && typeof value === "object" && !Array.isArray(value) ? value.source : undefined;
    if (typeof source !== "string")
      refuse({ where: `parameter ${name}`, expected: "a text, a number, true or false", seen: "something else" });
    return { name, value: source, type: /^[-+]?\d+$/.test(source) ? "INT" : "FLOAT" };
  });
}

/** Reads `name: text` pairs; numbers and booleans are taken as they are written. @throws ActionError */
export async function parseTexts(text: string): Promise<Readonly<Record<string, string>>> {
  const values = await parseYaml(text, { ...LIMITS, number: (source) => source });
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(fieldsOf(values))) {
    if (typeof value !== "string" && typeof value !== "boolean") {
      refuse({ where: quote(name), expected: "a text", seen: value === null ? "nothing" : "something else" });
    }
    texts[name] = String(value);
  }
  return texts;
}

/** Reads a container's `requests` and `limits`. @throws ActionError */
export async function parseResources(text: string): Promise<Json> {
  const resources = fieldsOf(await parseYaml(text, { ...LIMITS, number: (source) => source }));
  for (const [kind, amounts] of Object.entries(resources)) {
    if (kind !== "requests" && kind !== "limits")
      refuse({ where: quote(kind), expected: "requests or limits", seen: "another name" });
    for (const [name, amount] of Object.entries(fieldsOf(amounts))) {
      if (quantity(amount) === undefined)
        refuse({
          where: `${kind}.${name}`,
          expected: "a quantity, such as 500m or 1Gi",
          seen: quote(JSON.stringify(amount)),
        });
    }
  }
  return resources;
}

function fieldsOf(value: Json): Fields {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  return refuse({ where: "YAML", expected: "names and values", seen: value === null ? "nothing" : "something else" });
}
