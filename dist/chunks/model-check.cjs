require("./rolldown-runtime.cjs");
let kept_require_format;
const require_format = () => kept_require_format ??= require("./format.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/image/model-file.ts
const PICKLED = /\.(?:pkl|pickle|joblib|p|jl|sav|z|gz)$/i;
const FIX_PACKING = "Write it by joblib.dump(model, path, compress=(\"zlib\", 3)), or without compress.";
/** Formats that are packed in a way that is not unpacked here, so that what they hold stays unknown. */
const PACKED = [
	["BZh", "bz2"],
	["ý7zXZ\0", "xz"],
	["]\0\0", "lzma"],
	["\"M", "lz4"],
	["ZF", "the packing of joblib before 0.10"],
	["(µ/ý", "zstd"]
];
/**
* What to do with a model file, by its first bytes: a name can say anything.
* @param path for files whose bytes do not say what they are
*/
function modelFormat(head, path) {
	const start = head.toString("latin1");
	const packed = PACKED.find(([magic]) => start.startsWith(magic));
	if (packed !== void 0) return {
		kind: "refused",
		seen: `a file packed by ${packed[1]}, which is not looked into`,
		fix: FIX_PACKING
	};
	if (head[0] === 120 && (head[0] << 8 | (head[1] ?? 0)) % 31 === 0) return {
		kind: "pickle",
		packing: "zlib",
		sure: true
	};
	if (start.startsWith("")) return {
		kind: "pickle",
		packing: "gzip",
		sure: PICKLED.test(path)
	};
	const format = require_format().formatOf(head);
	if (format === "torch") return torch();
	if (start.startsWith("PK") && (/\.(?:pt|pth|bin|ckpt)$/i.test(path) || start.includes("data.pkl"))) return torch();
	if (format === "pickle") return {
		kind: "pickle",
		packing: "stored",
		sure: true
	};
	if (format === "hdf5" && /\.(?:h5|hdf5|keras)$/i.test(path)) return {
		kind: "data",
		format
	};
	const isAnything = format === "xgboost-binary" && !start.startsWith("binf");
	if (format !== void 0 && !isAnything) return {
		kind: "data",
		format
	};
	return {
		kind: "pickle",
		packing: "stored",
		sure: PICKLED.test(path)
	};
}
const torch = () => ({
	kind: "refused",
	seen: "a PyTorch archive: a pickle inside a zip",
	fix: "Write the weights by safetensors, or the model as ONNX or TorchScript under another roof, and admit it by check-model: false."
});
/** How a refused pickle is told. */
function unsafeModel(path, fault) {
	const fix = fault.global === void 0 ? "Write the model anew with joblib.dump or pickle.dump, or in a format of data: safetensors, ONNX, the boosters' JSON." : `If this name is yours and harmless, admit it: allow-globals: ${fault.global}. Anything else in a model file runs when it is loaded.`;
	return {
		where: `model file ${path}`,
		expected: fault.expected,
		seen: fault.seen,
		fix
	};
}
// src/domain/image/pickle-globals.ts
/** What a pickle may do with a name; `undefined`: nothing. */
function judgeGlobal(module, name) {
	const exact = EXACT.get(`${module} ${name}`);
	if (exact !== void 0) return exact;
	if (!/^\w+$/.test(name)) return void 0;
	for (const { modules, names, admission } of RULES) if (modules.test(module) && names.test(name)) return admission;
}
const BUILTINS = "object list dict set frozenset tuple int long float complex str unicode bytes bytearray bool slice range xrange";
const SCALARS = "bool_ bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 longdouble float128 complex64 complex128 str_ bytes_ void datetime64 timedelta64 intc intp longlong ulonglong object_ number floating integer";
/** Functions of one array, as a FunctionTransformer or a transformed target holds them. */
const UFUNCS = new Set("abs absolute add arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil clip cos cosh deg2rad degrees divide exp exp2 expm1 fabs floor floor_divide fmax fmin hypot isfinite isnan log log10 log1p log2 logaddexp logical_not logit maximum minimum mod multiply negative positive power rad2deg radians reciprocal rint sign sin sinh sqrt square subtract tan tanh true_divide trunc".split(" "));
const UFUNC_MODULE = /^numpy(?:\._?core(?:\._multiarray_umath|\.umath)?)?$/;
const isClassName = (value) => typeof value === "object" && value !== null && "global" in value;
/** Any codec may be imported by its name; only this one stands for bytes in old protocols. */
const latin1 = (args) => args.length === 2 && args[1] === "latin1" ? void 0 : "a text as latin1";
/** It imports the module that it is told and takes an attribute of it. */
const ufunc = (args) => args.length === 2 && UFUNC_MODULE.test(String(args[0])) && UFUNCS.has(String(args[1])) ? void 0 : "a ufunc of numpy";
const ofClass = (args) => isClassName(args[0]) ? void 0 : "a class that is admitted";
const EXACT = new Map([
	...["builtins", "__builtin__"].flatMap((module) => BUILTINS.split(" ").map((name) => [`${module} ${name}`, "call"])),
	...["copyreg", "copy_reg"].flatMap((module) => [[`${module} _reconstructor`, ofClass], [`${module} __newobj__`, ofClass]]),
	["_codecs encode", latin1],
	...[
		"OrderedDict",
		"defaultdict",
		"deque",
		"Counter"
	].map((name) => [`collections ${name}`, "call"]),
	...[
		"date",
		"datetime",
		"time",
		"timedelta",
		"timezone"
	].map((name) => [`datetime ${name}`, "call"]),
	["decimal Decimal", "call"],
	["fractions Fraction", "call"],
	["joblib.numpy_pickle NumpyArrayWrapper", "class"],
	["numpy dtype", "call"],
	["numpy ndarray", "class"],
	...SCALARS.split(" ").map((name) => [`numpy ${name}`, "call"]),
	...["numpy.core", "numpy._core"].flatMap((core) => [
		[`${core}.multiarray _reconstruct`, ofClass],
		[`${core}.multiarray scalar`, "call"],
		[`${core}.numeric _frombuffer`, "call"],
		[`${core} _ufunc_reconstruct`, ufunc]
	]),
	["numpy.ma.core MaskedArray", "class"],
	["numpy.ma.core _mareconstruct", ofClass],
	["numpy.ma MaskedArray", "class"],
	["numpy.matrixlib.defmatrix matrix", "class"],
	...[
		"__bit_generator_ctor",
		"__generator_ctor",
		"__randomstate_ctor"
	].map((name) => [`numpy.random._pickle ${name}`, "call"]),
	...[
		"_mt19937 MT19937",
		"_pcg64 PCG64",
		"_pcg64 PCG64DXSM",
		"_philox Philox",
		"_sfc64 SFC64"
	].map((name) => [`numpy.random.${name}`, "call"]),
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
	["sklearn.metrics._scorer _passthrough_scorer", "value"],
	["xgboost.core Booster", "class"],
	["lightgbm.basic Booster", "class"]
]);
/** Not what a model is made of, although scikit-learn brings it. */
const SKLEARN = /^sklearn(?!.*\.(?:tests?|_?testing|datasets|externals|conftest|_plot|_build_utils|experimental)(?:\.|$))(?:\.[a-z_][a-z0-9_]*)+$/;
const RULES = [
	{
		modules: SKLEARN,
		names: /^__pyx_unpickle_[A-Z]\w*$/,
		admission: ofClass
	},
	{
		modules: /^_loss$/,
		names: /^__pyx_unpickle_Cy[A-Z]\w*$/,
		admission: ofClass
	},
	{
		modules: /^(?:sklearn\._loss\.)?_loss$/,
		names: /^Cy[A-Z]\w*$/,
		admission: "call"
	},
	{
		modules: /^sklearn\.linear_model\._?sgd_fast$/,
		names: /^(?:Hinge|SquaredHinge|Log|LogLoss|ModifiedHuber|SquaredLoss|Huber|EpsilonInsensitive|SquaredEpsilonInsensitive)$/,
		admission: "call"
	},
	{
		modules: /^sklearn\.(?:metrics|neighbors)\._dist_metrics$/,
		names: /^[A-Z]\w*Distance(?:32|64)?$/,
		admission: "call"
	},
	{
		modules: /^sklearn\.neighbors\._(?:kd|ball)_tree$/,
		names: /^(?:KD|Ball|Binary)Tree(?:32|64)?$/,
		admission: "class"
	},
	{
		modules: SKLEARN,
		names: /^_?[A-Z][A-Za-z0-9]*$/,
		admission: "class"
	},
	{
		modules: /^sklearn\.(?:metrics\._(?:classification|ranking|regression|scorer)|metrics\.pairwise|metrics\.cluster\._supervised|feature_selection\._(?:univariate_selection|mutual_info))$/,
		names: /^[a-z][a-z0-9_]*$/,
		admission: "value"
	},
	{
		modules: UFUNC_MODULE,
		names: new RegExp(`^(?:${[...UFUNCS].join("|")})$`),
		admission: "value"
	},
	{
		modules: /^scipy\.sparse\._?(?:csr|csc|coo|bsr|dia|dok|lil)$/,
		names: /^(?:csr|csc|coo|bsr|dia|dok|lil)_(?:matrix|array)$/,
		admission: "class"
	},
	{
		modules: /^scipy\.interpolate\._?interpolate$/,
		names: /^interp1d$/,
		admission: "class"
	},
	{
		modules: /^xgboost\.sklearn$/,
		names: /^XGB[A-Z]\w*$/,
		admission: "class"
	},
	{
		modules: /^lightgbm\.sklearn$/,
		names: /^LGBM[A-Z]\w*$/,
		admission: "class"
	}
];
// src/domain/image/pickle.ts
/** Why a pickle may not be loaded. The reader of the log gets both parts. */
var UnsafePickle = class extends Error {
	/** What was expected there. */
	expected;
	seen;
	/** `os.system`, where it is one name that decides. */
	global;
	/** Whether a name was met that a pickle alone can hold: then it is one, however broken the rest is. */
	certain;
	constructor(expected, seen, { global, certain = true } = {}) {
		super(`expected ${expected}, saw ${seen}`);
		this.name = "UnsafePickle";
		this.expected = expected;
		this.seen = seen;
		this.global = global;
		this.certain = certain;
	}
};
const MARK = Symbol("mark");
const LONGEST_TEXT = 1024;
const MOST_ENTRIES = 256;
const MOST_TUPLE = 4096;
const MOST_STACK = 5e6;
const DEEPEST = 16;
const WRAPPER = "joblib.numpy_pickle.NumpyArrayWrapper";
const DTYPE = "numpy.dtype";
/**
* Walks a whole file of pickles. Ends with what it found.
* @param admitted names that the user admits, `package.module.name`
* @throws UnsafePickle
*/
function* walkPickle(admitted = /* @__PURE__ */ new Set()) {
	const source = new Source();
	const globals = /* @__PURE__ */ new Set();
	const found = {
		arrays: 0,
		sklearn: void 0
	};
	for (let first = true; first || (yield* source.isMore()); first = false) yield* new Machine(source, admitted, globals, found, 0).run();
	return {
		globals: [...globals].toSorted(),
		...found
	};
}
/** Bytes that come in pieces. Small things are read at once; what is long and need not be known is left out. */
var Source = class {
	buffer = Buffer.alloc(0);
	at = 0;
	has(count) {
		return this.buffer.length - this.at >= count;
	}
	*need(count) {
		while (!this.has(count)) if (!(yield* this.fill())) cut();
	}
	*isMore() {
		while (!this.has(1)) if (!(yield* this.fill())) return false;
		return true;
	}
	*fill() {
		const more = yield { kind: "more" };
		if (more === void 0 || more.length === 0) return false;
		this.buffer = this.at === this.buffer.length ? more : Buffer.concat([this.buffer.subarray(this.at), more]);
		this.at = 0;
		return true;
	}
	/** After `need(count)`. */
	take(count) {
		this.at += count;
		return this.buffer.subarray(this.at - count, this.at);
	}
	byte() {
		return this.buffer[this.at++];
	}
	*skip(count) {
		const here = Math.min(count, this.buffer.length - this.at);
		this.at += here;
		if (count > here) {
			if ((yield {
				kind: "skip",
				bytes: count - here
			}) === void 0) cut();
		}
	}
	/** A line of the text protocol without its end; `undefined` when it is long. */
	*line() {
		let text = "";
		for (;;) {
			const end = this.buffer.indexOf(10, this.at);
			const piece = this.take((end < 0 ? this.buffer.length : end) - this.at);
			if (text !== void 0) text = text.length + piece.length > LONGEST_TEXT ? void 0 : text + piece.toString("utf8");
			if (end >= 0) {
				this.at++;
				return text;
			}
			if (!(yield* this.fill())) cut();
		}
	}
};
function cut() {
	throw new UnsafePickle("a whole pickle", "one that is cut short", { certain: false });
}
var Machine = class Machine {
	stack = [];
	memo = /* @__PURE__ */ new Map();
	source;
	admitted;
	globals;
	found;
	depth;
	constructor(source, admitted, globals, found, depth) {
		this.source = source;
		this.admitted = admitted;
		this.globals = globals;
		this.found = found;
		this.depth = depth;
		if (depth > DEEPEST) throw new UnsafePickle(`at most ${DEEPEST} pickles in each other`, "more");
	}
	*run() {
		const { source } = this;
		for (;;) {
			if (!source.has(1)) yield* source.need(1);
			const opcode = source.byte();
			if (opcode === 46) return;
			const fixed = FIXED[opcode];
			if (fixed !== void 0 && !source.has(fixed)) yield* source.need(fixed);
			yield* this.step(opcode);
			if (this.stack.length + this.memo.size > MOST_STACK) throw new UnsafePickle(`a pickle of at most ${MOST_STACK} objects at once`, "more");
		}
	}
	*step(opcode) {
		const { source, stack } = this;
		switch (String.fromCharCode(opcode)) {
			case "": {
				const protocol = source.byte();
				if (protocol > 5) throw new UnsafePickle("pickle protocol 0 to 5", `protocol ${protocol}`, { certain: false });
				return;
			}
			case "":
				source.take(8);
				return;
			case "(":
				stack.push(MARK);
				return;
			case "0":
				if (stack.length === 0) return underflow();
				stack.pop();
				return;
			case "1":
				this.toMark();
				return;
			case "2":
				stack.push(used(this.top()));
				return;
			case "N":
				stack.push(null);
				return;
			case "":
			case "":
				stack.push(opcode === 136);
				return;
			case "I": {
				const line = yield* source.line();
				stack.push(line === "01" ? true : line === "00" ? false : decimal(line));
				return;
			}
			case "L":
				stack.push(decimal((yield* source.line())?.replace(/L$/, "")));
				return;
			case "F":
				yield* source.line();
				stack.push(void 0);
				return;
			case "J":
				stack.push(source.take(4).readInt32LE());
				return;
			case "K":
				stack.push(source.byte());
				return;
			case "M":
				stack.push(source.take(2).readUInt16LE());
				return;
			case "":
				stack.push(littleEndian(yield* this.text(source.byte(), "latin1")));
				return;
			case "":
				yield* source.skip(this.length(source.take(4).readInt32LE()));
				stack.push(void 0);
				return;
			case "G":
				source.take(8);
				stack.push(void 0);
				return;
			case "S": {
				const line = yield* source.line();
				stack.push(plain(line === void 0 ? void 0 : /^(['"])(.*)\1$/s.exec(line)?.[2]));
				return;
			}
			case "V":
				stack.push(plain(yield* source.line()));
				return;
			case "T":
				stack.push(yield* this.text(this.length(source.take(4).readInt32LE()), "latin1"));
				return;
			case "U":
				stack.push(yield* this.text(source.byte(), "latin1"));
				return;
			case "X":
				stack.push(yield* this.text(source.take(4).readUInt32LE(), "utf8"));
				return;
			case "":
				stack.push(yield* this.text(source.byte(), "utf8"));
				return;
			case "":
				stack.push(yield* this.text(this.length(Number(source.take(8).readBigUInt64LE())), "utf8"));
				return;
			case "B":
				yield* this.opaque(source.take(4).readUInt32LE());
				return;
			case "C":
				yield* this.opaque(source.byte());
				return;
			case "":
			case "":
				yield* this.opaque(this.length(Number(source.take(8).readBigUInt64LE())));
				return;
			case ")":
				stack.push({
					kind: "tuple",
					items: []
				});
				return;
			case "t":
				stack.push(tuple(this.toMark()));
				return;
			case "":
			case "":
			case "":
				stack.push(tuple(this.pop(opcode - 132)));
				return;
			case "]":
				stack.push({ kind: "list" });
				return;
			case "l":
				this.toMark();
				stack.push({ kind: "list" });
				return;
			case "}":
				stack.push({
					kind: "dict",
					entries: /* @__PURE__ */ new Map(),
					whole: true
				});
				return;
			case "d": {
				const dict = {
					kind: "dict",
					entries: /* @__PURE__ */ new Map(),
					whole: true
				};
				put(dict, this.toMark());
				stack.push(dict);
				return;
			}
			case "":
				stack.push({ kind: "set" });
				return;
			case "":
				this.toMark();
				stack.push({ kind: "set" });
				return;
			case "a":
				this.pop(1);
				return this.into("list", []);
			case "e":
				this.toMark();
				return this.into("list", []);
			case "s": return this.into("dict", this.pop(2));
			case "u": return this.into("dict", this.toMark());
			case "":
				this.toMark();
				return this.into("set", []);
			case "g": return this.get(key(yield* source.line()));
			case "h": return this.get(source.byte());
			case "j": return this.get(source.take(4).readUInt32LE());
			case "p":
				this.memo.set(key(yield* source.line()), this.top());
				return;
			case "q":
				this.memo.set(source.byte(), this.top());
				return;
			case "r":
				this.memo.set(source.take(4).readUInt32LE(), this.top());
				return;
			case "":
				this.memo.set(this.memo.size, this.top());
				return;
			case "c": {
				const module = yield* source.line();
				const name = yield* source.line();
				stack.push(this.global(module, name));
				return;
			}
			case "": {
				const [module, name] = this.pop(2);
				stack.push(this.global(module, name));
				return;
			}
			case "i": {
				const module = yield* source.line();
				const name = yield* source.line();
				const args = this.toMark();
				stack.push(this.call(this.global(module, name), tuple(args)));
				return;
			}
			case "o": {
				const [target, ...args] = this.toMark();
				stack.push(this.call(target, tuple(args)));
				return;
			}
			case "R": {
				const [target, args] = this.pop(2);
				stack.push(this.call(target, args));
				return;
			}
			case "": {
				const [target, args] = this.pop(2);
				stack.push(this.make(target, args));
				return;
			}
			case "": {
				const [target, args] = this.pop(3);
				stack.push(this.make(target, args));
				return;
			}
			case "b": return yield* this.build();
			case "P":
			case "Q": throw new UnsafePickle("a pickle that stands alone", "an object that lies elsewhere (persistent id)", { certain: opcode === 81 });
			case "":
			case "":
			case "": throw new UnsafePickle("names that can be read", "a number of copyreg's extension registry");
			case "":
			case "": throw new UnsafePickle("a pickle that stands alone", "a buffer that lies elsewhere");
			default: throw new UnsafePickle("an opcode of pickle", `byte 0x${opcode.toString(16).padStart(2, "0")}`, { certain: this.globals.size > 0 });
		}
	}
	length(said) {
		if (said >= 0 && Number.isSafeInteger(said)) return said;
		throw new UnsafePickle("a length", `${said}`);
	}
	/** A text that is kept when it is short. */
	*text(bytes, as) {
		if (bytes > LONGEST_TEXT) {
			yield* this.source.skip(bytes);
			return;
		}
		if (!this.source.has(bytes)) yield* this.source.need(bytes);
		return this.source.take(bytes).toString(as);
	}
	*opaque(bytes) {
		if (this.source.has(bytes)) this.source.take(bytes);
		else yield* this.source.skip(bytes);
		this.stack.push(void 0);
	}
	top() {
		const value = this.stack.at(-1);
		return this.stack.length === 0 || value === MARK ? underflow() : value;
	}
	pop(count) {
		const found = this.stack.splice(-count, count);
		return found.length < count || found.includes(MARK) ? underflow() : found.map(used);
	}
	toMark() {
		const at = this.stack.lastIndexOf(MARK);
		if (at < 0) return underflow();
		const [, ...found] = this.stack.splice(at);
		return found.map(used);
	}
	get(at) {
		if (!this.memo.has(at)) throw new UnsafePickle("an object that was kept", "none", { certain: false });
		this.stack.push(used(this.memo.get(at)));
	}
	into(kind, items) {
		const target = this.top();
		const isInstance = target !== null && typeof target === "object" && target.kind === "instance";
		if (isInstance ? COLLECTIONS.has(target.of) : isKind(target, kind)) {
			if (isKind(target, "dict")) {
				put(target, items);
				const version = items.indexOf("_sklearn_version");
				if (version >= 0 && typeof items[version + 1] === "string") this.found.sklearn = items[version + 1];
			}
			return;
		}
		throw new UnsafePickle(`a ${kind} to put things into`, isInstance ? require_house().quote(target.of) : "something else");
	}
	global(module, name) {
		if (typeof module !== "string" || typeof name !== "string") throw new UnsafePickle("a name that can be read", "a name that is computed or very long");
		const whole = `${module}.${name}`;
		const looksLikeOne = /^[\w.]+$/.test(whole);
		const admission = this.admitted.has(whole) ? "call" : judgeGlobal(module, name);
		if (admission === void 0) throw new UnsafePickle("names of scikit-learn, NumPy and the boosters that a model needs", require_house().quote(whole), {
			global: whole,
			certain: looksLikeOne
		});
		this.globals.add(whole);
		return {
			kind: "global",
			name: whole,
			admission
		};
	}
	/** REDUCE, INST and OBJ: a call. */
	call(target, args) {
		if (!isKind(target, "global")) throw new UnsafePickle("a named function to call", "something else");
		const { name, admission } = target;
		if (admission === "value" || admission === "class") throw new UnsafePickle(`no call of ${require_house().quote(name)}`, "one", { global: name });
		const given = isKind(args, "tuple") ? args.items : void 0;
		if (given === void 0) throw new UnsafePickle("arguments", `something else for ${require_house().quote(name)}`);
		const fault = typeof admission === "function" ? admission(given.map(shown)) : void 0;
		if (fault !== void 0) throw new UnsafePickle(fault, `another call of ${require_house().quote(name)}`, { global: name });
		const [first] = given;
		if (MAKERS.has(name.slice(name.lastIndexOf(".") + 1)) && isKind(first, "global")) return this.make(first, args);
		return {
			kind: "instance",
			of: name,
			args: given,
			built: false,
			state: void 0
		};
	}
	/** NEWOBJ: an object of a class, without its constructor. */
	make(target, args) {
		if (!isKind(target, "global") || target.admission === "value") throw new UnsafePickle("a class to make an object of", isKind(target, "global") ? target.name : "none");
		return {
			kind: "instance",
			of: target.name,
			args: isKind(args, "tuple") ? args.items : [],
			built: false,
			state: void 0
		};
	}
	*build() {
		const [state] = this.pop(1);
		const target = this.top();
		if (!isKind(target, "instance")) throw new UnsafePickle("an object that gets a state", "something else");
		const instance = target;
		instance.built = true;
		instance.state = state;
		if (instance.of !== WRAPPER) return;
		this.stack.pop();
		yield* this.array(state);
		this.stack.push({
			kind: "instance",
			of: "numpy.ndarray",
			args: [],
			built: false,
			state: void 0
		});
	}
	/** The raw bytes of an array, as joblib writes them behind its wrapper. */
	*array(state) {
		if (!isKind(state, "dict") || !state.whole) throw new UnsafePickle("the header of an array", "none");
		const { entries } = state;
		const shape = entries.get("shape");
		const dtype = layoutOf(entries.get("dtype"));
		if (dtype === void 0 || !isKind(shape, "tuple")) throw new UnsafePickle("the shape and type of an array", "some that can not be read");
		this.found.arrays++;
		if (dtype.objects) {
			yield* new Machine(this.source, this.admitted, this.globals, this.found, this.depth + 1).run();
			return;
		}
		let count = 1;
		for (const size of shape.items) count *= sizeOf(size);
		const bytes = this.length(count * dtype.bytes);
		const alignment = entries.has("numpy_array_alignment_bytes") ? entries.get("numpy_array_alignment_bytes") : null;
		if (alignment !== null && typeof alignment !== "number") throw new UnsafePickle("an array's alignment", "none");
		if (alignment !== null) {
			yield* this.source.need(1);
			yield* this.source.skip(this.source.byte());
		}
		yield* this.source.skip(bytes);
	}
};
/** Bytes of arguments that follow an opcode at once. */
const FIXED = Object.fromEntries([
	["", 1],
	["", 8],
	["J", 4],
	["K", 1],
	["M", 2],
	["", 1],
	["", 4],
	["G", 8],
	["T", 4],
	["U", 1],
	["X", 4],
	["", 1],
	["", 8],
	["B", 4],
	["C", 1],
	["", 8],
	["", 8],
	["h", 1],
	["j", 4],
	["q", 1],
	["r", 4]
].map(([opcode, bytes]) => [opcode.charCodeAt(0), bytes]));
/** Functions whose result is an object of the class that stands first among their arguments. */
const MAKERS = /* @__PURE__ */ new Set([
	"_reconstructor",
	"__newobj__",
	"newObj",
	"_reconstruct",
	"_mareconstruct"
]);
/** Classes whose objects are filled as a list or a dictionary is. */
const COLLECTIONS = /* @__PURE__ */ new Set([
	"collections.OrderedDict",
	"collections.defaultdict",
	"collections.deque",
	"collections.Counter",
	"sklearn.utils.Bunch",
	"sklearn.utils._bunch.Bunch"
]);
function underflow() {
	throw new UnsafePickle("an object on the pickle's stack", "none", { certain: false });
}
function isKind(value, kind) {
	return value !== null && typeof value === "object" && value.kind === kind;
}
/** Arguments as a rule sees them: numbers, texts and the names of globals. */
function shown(value) {
	if (isKind(value, "global")) return { global: value.name };
	return typeof value === "object" ? void 0 : value;
}
function tuple(items) {
	return items.length > MOST_TUPLE ? void 0 : {
		kind: "tuple",
		items
	};
}
function put(dict, items) {
	for (let at = 0; at + 1 < items.length; at += 2) {
		const name = items[at];
		if (name === void 0 || typeof name === "object" && name !== null) dict.whole = false;
		if (typeof name !== "string") continue;
		if (dict.entries.size >= MOST_ENTRIES && !dict.entries.has(name)) dict.whole = false;
		else dict.entries.set(name, items[at + 1]);
	}
}
/**
* The wrapper of an array is followed by its state at once, as joblib writes it. Used in any other way it would be read where
* this walk does not see it, and the bytes of an array would be taken for a program.
*/
function used(value) {
	if (isKind(value, "instance") && value.of === WRAPPER) throw new UnsafePickle("an array's header that is followed by its array", "one that is used otherwise");
	return value;
}
/** Python reads more spellings of a number than these; what else it would read is not known here. */
const decimal = (line) => line !== void 0 && /^-?\d{1,15}$/.test(line) ? Number(line) : void 0;
function key(line) {
	const number = decimal(line);
	if (number === void 0 || number < 0) throw new UnsafePickle("a number of an object", "none", { certain: false });
	return number;
}
const plain = (text) => text?.includes("\\") ? void 0 : text;
/** LONG1: a whole number, the low byte first. */
function littleEndian(bytes) {
	if (bytes === void 0 || bytes.length > 6) return void 0;
	let value = 0;
	for (let at = bytes.length - 1; at >= 0; at--) value = value * 256 + bytes.charCodeAt(at);
	return bytes.length > 0 && bytes.charCodeAt(bytes.length - 1) > 127 ? value - 256 ** bytes.length : value;
}
function sizeOf(value) {
	const size = isKind(value, "instance") ? void 0 : value;
	if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
	throw new UnsafePickle("an array's size", "none that can be read");
}
/** Bytes of one element, and whether elements are objects (a pickle of their own); `undefined` when that can not be told. */
function layoutOf(value, depth = 0) {
	if (!isKind(value, "instance") || value.of !== DTYPE || depth > 8) return void 0;
	const { args, built, state } = value;
	const [, kind, digits] = /^([biufcmMOSUV])(\d{1,9})$/.exec(typeof args[0] === "string" ? args[0] : "") ?? [];
	if (kind === void 0 || digits === void 0) return void 0;
	const bytes = Number(digits) * (kind === "U" ? 4 : 1);
	if (!built) return kind === "V" ? void 0 : {
		bytes,
		objects: kind === "O"
	};
	const told = isKind(state, "tuple") ? state.items : [];
	const fits = told[5] === bytes || told[5] === -1 && !"USV".includes(kind);
	if (told.length < 8 || !fits || typeof told[7] !== "number") return void 0;
	let objects = kind === "O" || (told[7] & 1) === 1;
	const [, , subarray, , fields] = told;
	if (isKind(subarray, "tuple")) {
		const inner = layoutOf(subarray.items[0], depth + 1);
		if (inner === void 0) return void 0;
		objects ||= inner.objects;
	}
	if (isKind(fields, "dict")) {
		if (!fields.whole) return void 0;
		for (const field of fields.entries.values()) {
			const inner = isKind(field, "tuple") ? layoutOf(field.items[0], depth + 1) : void 0;
			if (inner === void 0) return void 0;
			objects ||= inner.objects;
		}
	}
	return {
		bytes,
		objects
	};
}
// src/actions/model-check.ts
const HEAD_BYTES = 512;
/**
* Walks every pickle of a model and tells the formats of the rest.
* @param root absolute; `paths` below it
* @throws ActionError for a file that would run something when it is loaded, and for one that can not be looked into
*/
async function checkModel(root, paths, allowed, { workspace, pieces }) {
	const admitted = new Set(allowed);
	const mistakes = [];
	const formats = /* @__PURE__ */ new Map();
	let sklearn;
	for (const path of paths) {
		const head = await workspace.readHead(`${root}/${path}`, HEAD_BYTES) ?? Buffer.alloc(0);
		if (head.length === 0) continue;
		const found = modelFormat(head, path);
		if (found.kind === "refused") {
			const { seen, fix } = found;
			mistakes.push({
				where: `model file ${require_house().quote(path, 200)}`,
				expected: "a format that can be looked into",
				seen,
				fix
			});
			continue;
		}
		let format = found.kind === "data" ? found.format : "pickle";
		if (found.kind === "pickle") try {
			const walked = await pieces.walk(`${root}/${path}`, walkPickle(admitted), found.packing);
			sklearn ??= walked.sklearn;
		} catch (thrown) {
			if (thrown instanceof UnsafePickle) {
				if (found.sure || thrown.certain) mistakes.push(unsafeModel(require_house().quote(path, 200), thrown));
				else format = "other";
			} else if (thrown instanceof require_house().ActionError) mistakes.push(...thrown.mistakes);
			else throw thrown;
		}
		formats.set(format, (formats.get(format) ?? 0) + 1);
	}
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return {
		formats: [...formats].map(([format, count]) => count === 1 ? format : `${format} (${count} files)`).join(", "),
		sklearn
	};
}
exports.checkModel = checkModel;
