// What scikit-learn, NumPy, joblib, XGBoost and LightGBM write into their pickles, as files of theirs show (the script beside
// the test's model files makes them). A name that is not here is refused: lists of what is evil have always leaked.

/**
 * What a pickle may do with a name. `value`: only hold it. `class`: make an object of it without its constructor and give that
 * a state. `call`: call it with whatever the pickle holds. A function: call it, if it returns no fault for the arguments.
 */
export type Admission = "value" | "class" | "call" | ((args: readonly unknown[]) => string | undefined);

/** What a pickle may do with a name; `undefined`: nothing. */
export function judgeGlobal(module: string, name: string): Admission | undefined {
  const exact = EXACT.get(`${module} ${name}`);
  if (exact !== undefined) return exact;
  // A dotted name walks from attribute to attribute, to wherever it wants.
  if (!/^\w+$/.test(name)) return undefined;
  for (const { modules, names, admission } of RULES) if (modules.test(module) && names.test(name)) return admission;
  return undefined;
}

const BUILTINS =
  "object list dict set frozenset tuple int long float complex str unicode bytes bytearray bool slice range xrange";
const SCALARS =
  "bool_ bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 longdouble float128 complex64 " +
  "complex128 str_ bytes_ void datetime64 timedelta64 intc intp longlong ulonglong object_ number floating integer";
/** Functions of one array, as a FunctionTransformer or a transformed target holds them. */
const UFUNCS = new Set(
  (
    "abs absolute add arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil clip cos cosh deg2rad degrees divide exp exp2 expm1 " +
    "fabs floor floor_divide fmax fmin hypot isfinite isnan log log10 log1p log2 logaddexp logical_not logit maximum minimum mod " +
    "multiply negative positive power rad2deg radians reciprocal rint sign sin sinh sqrt square subtract tan tanh true_divide trunc"
  ).split(" "),
);
const UFUNC_MODULE = /^numpy(?:\._?core(?:\._multiarray_umath|\.umath)?)?$/;

const isClassName = (value: unknown): boolean => typeof value === "object" && value !== null && "global" in value;
/** Any codec may be imported by its name; only this one stands for bytes in old protocols. */
const latin1 = (args: readonly unknown[]): string | undefined =>
  args.length === 2 && args[1] === "latin1" ? undefined : "a text as latin1";
/** It imports the module that it is told and takes an attribute of it. */
const ufunc = (args: readonly unknown[]): string | undefined =>
  args.length === 2 && UFUNC_MODULE.test(String(args[0])) && UFUNCS.has(String(args[1]))
    ? undefined
    : "a ufunc of numpy";
const ofClass = (args: readonly unknown[]): string | undefined =>
  isClassName(args[0]) ? undefined : "a class that is admitted";

const EXACT: ReadonlyMap<string, Admission> = new Map<string, Admission>([
  ...["builtins", "__builtin__"].flatMap((module) =>
    BUILTINS.split(" ").map((name): [string, Admission] => [`${module} ${name}`, "call"]),
  ),
  ...["copyreg", "copy_reg"].flatMap((module): [string, Admission][] => [
    [`${module} _reconstructor`, ofClass],
    [`${module} __newobj__`, ofClass],
  ]),
  ["_codecs encode", latin1],
  ...["OrderedDict", "defaultdict", "deque", "Counter"].map((name): [string, Admission] => [
    `collections ${name}`,
    "call",
  ]),
  ...["date", "datetime", "time", "timedelta", "timezone"].map((name): [string, Admission] => [
    `datetime ${name}`,
    "call",
  ]),
  ["decimal Decimal", "call"],
  ["fractions Fraction", "call"],
  ["joblib.numpy_pickle NumpyArrayWrapper", "class"],

  ["numpy dtype", "call"],
  ["numpy ndarray", "class"],
  ...SCALARS.split(" ").map((name): [string, Admission] => [`numpy ${name}`, "call"]),
  ...["numpy.core", "numpy._core"].flatMap((core): [string, Admission][] => [
    [`${core}.multiarray _reconstruct`, ofClass],
    [`${core}.multiarray scalar`, "call"],
    [`${core}.numeric _frombuffer`, "call"],
    [`${core} _ufunc_reconstruct`, ufunc],
  ]),
  ["numpy.ma.core MaskedArray", "class"],
  ["numpy.ma.core _mareconstruct", ofClass],
  ["numpy.ma MaskedArray", "class"],
  ["numpy.matrixlib.defmatrix matrix", "class"],
  ...["__bit_generator_ctor", "__generator_ctor", "__randomstate_ctor"].map((name): [string, Admission] => [
    `numpy.random._pickle ${name}`,
    "call",
  ]),
  ...["_mt19937 MT19937", "_pcg64 PCG64", "_pcg64 PCG64DXSM", "_philox Philox", "_sfc64 SFC64"].map(
    (name): [string, Admission] => [`numpy.random.${name}`, "call"],
  ),
  ["numpy.random.bit_generator SeedSequence", "class"],
  ["numpy.random.bit_generator __pyx_unpickle_SeedSequence", ofClass],

  ["sklearn.tree._tree Tree", "call"],
  ["sklearn.utils Bunch", "call"],
  ["sklearn.utils._bunch Bunch", "call"],
  ["sklearn.metrics._dist_metrics newObj", ofClass],
  ["sklearn.neighbors._dist_metrics newObj", ofClass],
  ["sklearn.neighbors._kd_tree newObj", ofClass],
  ["sklearn.neighbors._ball_tree newObj", ofClass],
  ["sklearn.ensemble._hist_gradient_boosting.common NewType", "value"],
  // A search of scikit-learn 0.24 keeps it when no scoring was asked for.
  ["sklearn.metrics._scorer _passthrough_scorer", "value"],

  ["xgboost.core Booster", "class"],
  ["lightgbm.basic Booster", "class"],
]);

/** Not what a model is made of, although scikit-learn brings it. */
const SKLEARN =
  /^sklearn(?!.*\.(?:tests?|_?testing|datasets|externals|conftest|_plot|_build_utils|experimental)(?:\.|$))(?:\.[a-z_][a-z0-9_]*)+$/;

const RULES: readonly { readonly modules: RegExp; readonly names: RegExp; readonly admission: Admission }[] = [
  // Cython writes its own function for each class; its first argument is the class.
  { modules: SKLEARN, names: /^__pyx_unpickle_[A-Z]\w*$/, admission: ofClass },
  // The extension module of losses calls itself so, from 1.4 on.
  { modules: /^_loss$/, names: /^__pyx_unpickle_Cy[A-Z]\w*$/, admission: ofClass },
  { modules: /^(?:sklearn\._loss\.)?_loss$/, names: /^Cy[A-Z]\w*$/, admission: "call" },
  {
    modules: /^sklearn\.linear_model\._?sgd_fast$/,
    names:
      /^(?:Hinge|SquaredHinge|Log|LogLoss|ModifiedHuber|SquaredLoss|Huber|EpsilonInsensitive|SquaredEpsilonInsensitive)$/,
    admission: "call",
  },
  {
    modules: /^sklearn\.(?:metrics|neighbors)\._dist_metrics$/,
    names: /^[A-Z]\w*Distance(?:32|64)?$/,
    admission: "call",
  },
  {
    modules: /^sklearn\.neighbors\._(?:kd|ball)_tree$/,
    names: /^(?:KD|Ball|Binary)Tree(?:32|64)?$/,
    admission: "class",
  },
  // An estimator is an object with a state. Its constructor is never called, so neither is anything that it would call.
  { modules: SKLEARN, names: /^_?[A-Z][A-Za-z0-9]*$/, admission: "class" },
  // Scores and tests that a search or a selector holds.
  {
    modules:
      /^sklearn\.(?:metrics\._(?:classification|ranking|regression|scorer)|metrics\.pairwise|metrics\.cluster\._supervised|feature_selection\._(?:univariate_selection|mutual_info))$/,
    names: /^[a-z][a-z0-9_]*$/,
    admission: "value",
  },
  { modules: UFUNC_MODULE, names: new RegExp(`^(?:${[...UFUNCS].join("|")})$`), admission: "value" },
  // Distributions of scipy.stats are left out on purpose: they run a text of their state as a program when they are read.
  {
    modules: /^scipy\.sparse\._?(?:csr|csc|coo|bsr|dia|dok|lil)$/,
    names: /^(?:csr|csc|coo|bsr|dia|dok|lil)_(?:matrix|array)$/,
    admission: "class",
  },
  { modules: /^scipy\.interpolate\._?interpolate$/, names: /^interp1d$/, admission: "class" },
  { modules: /^xgboost\.sklearn$/, names: /^XGB[A-Z]\w*$/, admission: "class" },
  { modules: /^lightgbm\.sklearn$/, names: /^LGBM[A-Z]\w*$/, admission: "class" },
];
