import type { Mistake } from "../../errors.ts";
import { formatOf } from "../record/format.ts";
import type { UnsafePickle } from "./pickle.ts";

/** What a model file turns out to be before anything of it is walked. */
export type ModelFormat =
  | { readonly kind: "pickle"; readonly packing: "stored" | "zlib" | "gzip"; readonly sure: boolean }
  /** Holds data only. */
  | { readonly kind: "data"; readonly format: string }
  | { readonly kind: "refused"; readonly seen: string; readonly fix: string };

const PICKLED = /\.(?:pkl|pickle|joblib|p|jl|sav|z|gz)$/i;
const FIX_PACKING = 'Write it by joblib.dump(model, path, compress=("zlib", 3)), or without compress.';

/** Formats that are packed in a way that is not unpacked here, so that what they hold stays unknown. */
const PACKED: readonly (readonly [start: string, called: string])[] = [
  ["BZh", "bz2"],
  ["\xfd7zXZ\0", "xz"],
  ["\x5d\0\0", "lzma"],
  ["\x04\x22\x4d\x18", "lz4"],
  ["ZF", "the packing of joblib before 0.10"],
  ["\x28\xb5\x2f\xfd", "zstd"],
];

/**
 * What to do with a model file, by its first bytes: a name can say anything.
 * @param path for files whose bytes do not say what they are
 */
export function modelFormat(head: Buffer, path: string): ModelFormat {
  const start = head.toString("latin1");
  const packed = PACKED.find(([magic]) => start.startsWith(magic));
  if (packed !== undefined) {
    return { kind: "refused", seen: `a file packed by ${packed[1]}, which is not looked into`, fix: FIX_PACKING };
  }
  if (head[0] === 0x78 && ((head[0] << 8) | (head[1] ?? 0)) % 31 === 0) {
    return { kind: "pickle", packing: "zlib", sure: true };
  }
  if (start.startsWith("\x1f\x8b")) return { kind: "pickle", packing: "gzip", sure: PICKLED.test(path) };
  const format = formatOf(head);
  if (format === "torch") return torch();
  // Also one that pretends to be another archive.
  if (start.startsWith("PK") && (/\.(?:pt|pth|bin|ckpt)$/i.test(path) || start.includes("data.pkl"))) return torch();
  if (format === "pickle") return { kind: "pickle", packing: "stored", sure: true };
  if (format === "hdf5" && /\.(?:h5|hdf5|keras)$/i.test(path)) return { kind: "data", format };
  // XGBoost's parameters may be any bytes, so also a pickle's. Its own four letters before them are none: they end a walk at once.
  const isAnything = format === "xgboost-binary" && !start.startsWith("binf");
  if (format !== undefined && !isAnything) return { kind: "data", format };
  // Protocols 0 and 1 begin with any opcode: what no other format claims is walked.
  return { kind: "pickle", packing: "stored", sure: PICKLED.test(path) };
}

const torch = (): ModelFormat => ({
  kind: "refused",
  seen: "a PyTorch archive: a pickle inside a zip",
  fix: "Write the weights by safetensors, or the model as ONNX or TorchScript under another roof, and admit it by check-model: false.",
});

/** How a refused pickle is told. */
export function unsafeModel(path: string, fault: UnsafePickle): Mistake {
  const fix =
    fault.global === undefined
      ? "Write the model anew with joblib.dump or pickle.dump, or in a format of data: safetensors, ONNX, the boosters' JSON."
      : `If this name is yours and harmless, admit it: allow-globals: ${fault.global}. Anything else in a model file runs when it is loaded.`;
  return { where: `model file ${path}`, expected: fault.expected, seen: fault.seen, fix };
}
