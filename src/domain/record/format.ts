/** The first bytes of a file that tell its format; more are never needed. */
export const FORMAT_HEAD_BYTES = 512;

/**
 * The format of a model file by what stands in it: a name can say anything. `undefined` when it is none of the known ones.
 * Nothing is deserialised.
 */
export function formatOf(head: Buffer): string | undefined {
  const text = head.toString("latin1");
  // Pickle, protocol 2 and later: PROTO and its number.
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5) return "pickle";
  if (head.length > 9 && head.readBigUInt64LE(0) < 100_000_000n && head[8] === 0x7b) return "safetensors";
  if (text.startsWith("\x89HDF\r\n\x1a\n")) return "hdf5";
  if (text.startsWith("tree\nversion=")) return "lightgbm";
  if (text.startsWith("PK\x03\x04")) return zipOf(head);
  // A protocol buffer whose first fields are ONNX's own: the version of its format, then the producer's name or the opsets.
  // Since its third version, that is: SavedModel's first fields look like a first version that no one has.
  if (head[0] === 0x08 && head[1]! > 2 && head[1]! < 0x20 && [0x12, 0x1a, 0x3a, 0x42].includes(head[2]!)) return "onnx";
  if (head[0] === 0x08 && head[1] === 1 && head[2] === 0x12) return "savedmodel";
  if (text.startsWith("{L\0\0\0\0\0\0"))
    return /^.{10}(?:learner\{|version\[)/s.test(text) ? "xgboost-ubjson" : "ubjson";
  if (isXgboostBinary(text)) return "xgboost-binary";
  if (/^\s*\{\s*"(?:learner"\s*:\s*\{|version"\s*:\s*\[\d+,\d+,\d+\],"learner")/.test(text)) return "xgboost-json";
  if (/^\s*[{[]/.test(text)) return "json";
  return undefined;
}

/**
 * XGBoost's own format, which its third version no longer writes: 136 bytes of parameters, then the objective's name with its
 * length before it.
 */
function isXgboostBinary(text: string): boolean {
  const at = (text.startsWith("binf") ? 4 : 0) + 136;
  const [, length, name] =
    /^([\x01-\x40])\0{7}((?:binary|reg|multi|rank|count|survival):[a-z_]+)/.exec(text.slice(at)) ?? [];
  return name !== undefined && name.length >= length!.charCodeAt(0);
}

/** Files of a folder by which it is told what the folder is, whatever else lies in it. */
const FOLDERS: readonly (readonly [name: RegExp, format: string])[] = [
  [/^MLmodel$/, "mlflow"],
  [/^(?:\d{1,18}\/)?saved_model\.pb$/, "savedmodel"],
];

/**
 * The file of a folder that says what the model is: MLflow's `MLmodel`, TensorFlow's `saved_model.pb`, else the largest.
 * @returns `folder`: what a folder with such a file is
 */
export function tellingFile(files: readonly { readonly path: string; readonly bytes: number }[]): {
  readonly path: string;
  readonly folder: string | undefined;
} {
  for (const [name, folder] of FOLDERS) {
    const found = files.find(({ path }) => name.test(path));
    if (found !== undefined) return { path: found.path, folder };
  }
  return { path: files.reduce((a, b) => (b.bytes > a.bytes ? b : a)).path, folder: undefined };
}

/** PyTorch and Keras write archives, told apart by the name of their first member. */
function zipOf(head: Buffer): string {
  if (head.length < 30) return "zip";
  const first = head.subarray(30, 30 + head.readUInt16LE(26)).toString("latin1");
  if (/^[^/]+\/(?:data\.pkl|\.format_version|\.data\/|byteorder|version)/.test(first)) return "torch";
  return first === "metadata.json" || first === "config.json" ? "keras" : "zip";
}

/** What is recorded as the flavor where the user names none. */
export function flavorOf(format: string | undefined, libraries: Readonly<Record<string, string>>): string {
  if (format === "lightgbm") return "lightgbm";
  if (format === "mlflow") return "mlflow";
  if (format === "savedmodel") return "tensorflow";
  if (format?.startsWith("xgboost-")) return "xgboost";
  if (format === "onnx") return "onnx";
  if (format === "torch") return "pytorch";
  if (format === "keras") return "tensorflow";
  if (format === "pickle" && libraries["scikit-learn"] !== undefined) return "sklearn";
  if ((format === "ubjson" || format === "json") && libraries.xgboost !== undefined) return "xgboost";
  return "custom";
}

/** Libraries whose version decides whether a model written by one can be read by another. */
const WRITERS: readonly string[] = [
  "catboost",
  "joblib",
  "keras",
  "lightgbm",
  "mlflow",
  "numpy",
  "onnx",
  "pandas",
  "scikit-learn",
  "scipy",
  "tensorflow",
  "torch",
  "transformers",
  "xgboost",
];

/** Of all pins of a training those that its model may depend on. */
export function writersOf(pins: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const all = Object.assign(Object.create(null) as Record<string, string>, ...pins) as Record<string, string>;
  return Object.fromEntries(
    WRITERS.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name].slice(0, 64)]])),
  );
}
