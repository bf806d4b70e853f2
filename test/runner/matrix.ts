import type { Value } from "./expressions.ts";

export type Combination = Record<string, Value>;

const MOST_JOBS = 256;

/** The jobs that a `strategy.matrix` stands for, in GitHub's order: products, less `exclude`, plus `include`. */
export function combinationsOf(matrix: Value | undefined): Combination[] {
  if (typeof matrix !== "object" || matrix === null || Array.isArray(matrix)) return [{}];
  const { include, exclude, ...axes } = matrix;
  let products: Combination[] = [{}];
  for (const [name, values] of Object.entries(axes)) {
    if (!Array.isArray(values)) throw new Error(`matrix: expected a list for ${name}.`);
    if (values.length === 0) throw new Error(`Matrix vector '${name}' does not contain any values`);
    products = products.flatMap((product) => values.map((value) => ({ ...product, [name]: value })));
  }
  if (Object.keys(axes).length === 0) products = [];
  const excluded = maps(exclude);
  products = products.filter((product) => !excluded.some((rule) => agrees(product, rule, Object.keys(rule))));

  const originals = products.map((product) => ({ ...product }));
  const added: Combination[] = [];
  for (const rule of maps(include)) {
    // An entry extends each combination whose own axes it does not contradict; if it fits none, it is a job of its own.
    const fits = originals.flatMap((original, i) =>
      agrees(
        original,
        rule,
        Object.keys(rule).filter((key) => key in original),
      )
        ? [i]
        : [],
    );
    if (fits.length === 0) added.push(rule);
    for (const i of fits) products[i] = { ...products[i], ...rule };
  }
  const all = [...products, ...added];
  if (all.length > MOST_JOBS) throw new Error(`The matrix has ${all.length} jobs, more than ${MOST_JOBS}.`);
  return all;
}

const maps = (value: Value | undefined): Combination[] =>
  (Array.isArray(value) ? value : []).filter(
    (v) => typeof v === "object" && v !== null && !Array.isArray(v),
  ) as Combination[];

const agrees = (product: Combination, rule: Combination, keys: string[]) =>
  keys.every((key) => JSON.stringify(product[key]) === JSON.stringify(rule[key]));
