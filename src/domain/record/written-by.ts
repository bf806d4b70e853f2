import { parseYaml } from "../text/yaml.ts";
import type { Json } from "../text/json.ts";

/** Above this a model's file is not read for the versions in it: what pins its libraries says them too. */
export const MAX_TELLING_BYTES = 16 * 1024 * 1024;

const VERSION = /^\d{1,6}(?:\.[A-Za-z0-9+_-]{1,20}){1,5}$/;

/** In MLflow's `MLmodel`: flavor and field → library. */
const MLFLOW: Readonly<Record<string, readonly [field: string, library: string]>> = {
  sklearn: ["sklearn_version", "scikit-learn"],
  xgboost: ["xgb_version", "xgboost"],
  lightgbm: ["lgb_version", "lightgbm"],
  catboost: ["catboost_version", "catboost"],
  pytorch: ["pytorch_version", "torch"],
  tensorflow: ["tensorflow_version", "tensorflow"],
  keras: ["keras_version", "keras"],
  onnx: ["onnx_version", "onnx"],
  transformers: ["transformers_version", "transformers"],
};

/**
 * The libraries that wrote a model, as the file itself says: surer than a lock file, which may be of another environment.
 * Nothing is loaded; what does not look like a version is left out.
 * @param content the file that tells the format, whole or its beginning
 * @returns package name → version
 */
export async function writtenBy(format: string | undefined, content: Buffer): Promise<Record<string, string>> {
  const told = await versionsIn(format, content);
  return Object.fromEntries(Object.entries(told).filter(([, version]) => VERSION.test(version)));
}

async function versionsIn(format: string | undefined, content: Buffer): Promise<Record<string, string>> {
  switch (format) {
    case "pickle":
      return named("scikit-learn", sklearnVersion(content));
    case "xgboost-json": {
      const [, version] = /"version"\s*:\s*\[(\d+\s*,\s*\d+\s*,\s*\d+)\]/.exec(ends(content)) ?? [];
      return named("xgboost", version?.replace(/\s*,\s*/g, "."));
    }
    case "xgboost-ubjson":
      return named("xgboost", ubjsonVersion(ends(content)));
    case "xgboost-binary": {
      const at = content.toString("latin1", 0, 4) === "binf" ? 24 : 20;
      return named("xgboost", `${content.readUInt32LE(at)}.${content.readUInt32LE(at + 4)}`);
    }
    case "savedmodel":
      return named("tensorflow", tensorflowVersion(content.toString("latin1")));
    case "mlflow":
      return await mlflowVersions(content.toString("utf8"));
    case undefined:
    default:
      return {};
  }
}

const named = (library: string, version: string | undefined): Record<string, string> =>
  version === undefined ? {} : { [library]: version };

/** Where the version stands: XGBoost writes names in their order, so `version` is the last or the first. */
const ends = (content: Buffer): string =>
  `${content.toString("latin1", 0, 256)}\n${content.toString("latin1", Math.max(0, content.length - 256))}`;

/** Estimators keep the version as an entry of their state; its text stands behind its name, with its length before it. */
function sklearnVersion(content: Buffer): string | undefined {
  const text = content.toString("latin1");
  const {
    1: short,
    2: long,
    index,
    0: whole,
  } = /_sklearn_version(?:\x94|q.|r.{4})?(?:\x8c(.)|X(.)\0\0\0)/s.exec(text) ?? ({} as RegExpExecArray);
  if (whole === undefined) return undefined;
  const start = index + whole.length;
  return text.slice(start, start + (short ?? long!).charCodeAt(0));
}

/** Three integers of one byte, or of two. */
function ubjsonVersion(text: string): string | undefined {
  const [, numbers] = /version\[(?:\$.)?#L\0{7}\x03((?:[iU].|I..){3})/s.exec(text) ?? [];
  if (numbers === undefined) return undefined;
  const bytes = Buffer.from(numbers, "latin1");
  const parts: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const wide = bytes[at] === 0x49;
    parts.push(wide ? bytes.readUInt16BE(at + 1) : bytes[at + 1]!);
    at += wide ? 3 : 2;
  }
  return parts.join(".");
}

/** Field 5 of the meta information, before field 6, which is git's name of the same version. */
function tensorflowVersion(text: string): string | undefined {
  for (const { 1: length, 2: version } of text.matchAll(/\*([\x03-\x20])(\d+\.\d+\.\d[A-Za-z0-9.+-]{0,24})2/g)) {
    const bytes = length!.charCodeAt(0);
    if (version!.length >= bytes) return version!.slice(0, bytes);
  }
  return undefined;
}

async function mlflowVersions(text: string): Promise<Record<string, string>> {
  const model = fieldsOf(
    await parseYaml(text, { where: "MLmodel", maxBytes: 1024 * 1024, number: (source) => source }),
  );
  const flavors = fieldsOf(model.mlflow_version === undefined ? null : (model.flavors ?? null));
  const told: Record<string, string> = typeof model.mlflow_version === "string" ? { mlflow: model.mlflow_version } : {};
  for (const [flavor, [field, library]] of Object.entries(MLFLOW)) {
    const version = fieldsOf(flavors[flavor] ?? null)[field];
    if (typeof version === "string") told[library] = version;
  }
  return told;
}

const fieldsOf = (value: Json): { readonly [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
