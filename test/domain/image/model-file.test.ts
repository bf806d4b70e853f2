import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { modelFormat } from "../../../src/domain/image/model-file.ts";
import { formatOf } from "../../../src/domain/record/format.ts";

const golden = (path: string): Buffer => readFileSync(join(import.meta.dirname, "../../golden/formats", path));

test.each([
  ["xgboost.json", "xgboost-json"],
  ["xgboost.ubj", "xgboost-ubjson"],
  ["xgboost-2.1.bin", "xgboost-binary"],
  ["lightgbm.txt", "lightgbm"],
  ["savedmodel/saved_model.pb", "savedmodel"],
])("%s is data", (path, format) => {
  expect(modelFormat(golden(path), path)).toEqual({ kind: "data", format });
});

test("a pickle that dresses as XGBoost is walked all the same", () => {
  const dressed = Buffer.concat([
    Buffer.from("cos\nsystem\n(S'id'\ntR.".padEnd(136, "#")),
    golden("xgboost-2.1.bin").subarray(140),
  ]);
  expect(formatOf(dressed)).toBe("xgboost-binary");
  expect(modelFormat(dressed, "model.joblib")).toEqual({ kind: "pickle", packing: "stored", sure: true });
});
