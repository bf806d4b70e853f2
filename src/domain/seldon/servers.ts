/** A prepackaged server of Seldon Core 1.17.1: what it serves and by which protocols the operator has an image for it. */
export type PrepackagedServer = {
  readonly protocols: readonly string[];
  readonly needsModelUri: boolean;
  /** What must lie under the model's URI. */
  readonly files: string;
  /** Whether Seldon's Python wrapper answers in it (by protocol seldon). */
  readonly wrapper: boolean;
};

export const PREPACKAGED: ReadonlyMap<string, PrepackagedServer> = new Map([
  ["SKLEARN_SERVER", { protocols: ["seldon", "v2"], needsModelUri: true, files: "model.joblib", wrapper: true }],
  ["XGBOOST_SERVER", { protocols: ["seldon", "v2"], needsModelUri: true, files: "model.bst", wrapper: true }],
  [
    "MLFLOW_SERVER",
    { protocols: ["seldon", "v2"], needsModelUri: true, files: "an MLflow folder with MLmodel", wrapper: true },
  ],
  [
    "TENSORFLOW_SERVER",
    {
      protocols: ["seldon", "tensorflow"],
      needsModelUri: true,
      files: "numbered SavedModel folders: 1/saved_model.pb",
      wrapper: false,
    },
  ],
  ["TRITON_SERVER", { protocols: ["v2"], needsModelUri: true, files: "a Triton repository", wrapper: false }],
  ["HUGGINGFACE_SERVER", { protocols: ["v2"], needsModelUri: false, files: "a pretrained model", wrapper: false }],
  ["TEMPO_SERVER", { protocols: ["v2"], needsModelUri: true, files: "a Tempo artifact", wrapper: false }],
]);

/** Built into the operator: no image behind them, and the Go executor runs the first alone. */
export const BUILT_IN: readonly string[] = [
  "RANDOM_ABTEST",
  "UNKNOWN_IMPLEMENTATION",
  "SIMPLE_MODEL",
  "SIMPLE_ROUTER",
  "AVERAGE_COMBINER",
];

const BY_FLAVOR: Readonly<Record<string, string>> = {
  sklearn: "SKLEARN_SERVER",
  "scikit-learn": "SKLEARN_SERVER",
  xgboost: "XGBOOST_SERVER",
  mlflow: "MLFLOW_SERVER",
  tensorflow: "TENSORFLOW_SERVER",
  triton: "TRITON_SERVER",
  huggingface: "HUGGINGFACE_SERVER",
};

/** The server for a model's flavor, as the record names it; `undefined` where Seldon brings none. */
export function serverOfFlavor(flavor: string): string | undefined {
  return Object.hasOwn(BY_FLAVOR, flavor.toLowerCase()) ? BY_FLAVOR[flavor.toLowerCase()] : undefined;
}
