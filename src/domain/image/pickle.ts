import { quote } from "../../errors.ts";
import { judgeGlobal, type Admission } from "./pickle-globals.ts";

// A pickle is a program. It is walked here opcode by opcode over values that stand for what it would make: nothing is loaded,
// nothing is called. Whatever is not known to be harmless is refused, so that a new trick is refused as well.
// joblib writes an array as a NumpyArrayWrapper object and then the array's raw bytes into the middle of the stream; readers
// that do not know this stop there, and what stands behind is never looked at.

/** What the walk asks of whoever reads the file: the next bytes, or to leave some out. */
export type Want = { readonly kind: "more" } | { readonly kind: "skip"; readonly bytes: number };

/** What was found in a pickle that may be loaded. */
export type Walked = {
  /** `sklearn.linear_model._logistic.LogisticRegression`, sorted. */
  readonly globals: readonly string[];
  /** Raw arrays of joblib. */
  readonly arrays: number;
  /** The scikit-learn that wrote it, as its estimators say. */
  readonly sklearn: string | undefined;
};

/** Why a pickle may not be loaded. The reader of the log gets both parts. */
export class UnsafePickle extends Error {
  /** What was expected there. */
  readonly expected: string;
  readonly seen: string;
  /** `os.system`, where it is one name that decides. */
  readonly global: string | undefined;
  /** Whether a name was met that a pickle alone can hold: then it is one, however broken the rest is. */
  readonly certain: boolean;

  constructor(expected: string, seen: string, { global, certain = true }: { global?: string; certain?: boolean } = {}) {
    super(`expected ${expected}, saw ${seen}`);
    this.name = "UnsafePickle";
    this.expected = expected;
    this.seen = seen;
    this.global = global;
    this.certain = certain;
  }
}

type Global = { readonly kind: "global"; readonly name: string; readonly admission: Admission };
type Tuple = { readonly kind: "tuple"; readonly items: readonly Value[] };
/** Only what an array's header needs is kept: names and a few of them. */
type Dict = { readonly kind: "dict"; readonly entries: Map<string, Value>; whole: boolean };
type Instance = {
  readonly kind: "instance";
  readonly of: string;
  readonly args: readonly Value[];
  built: boolean;
  state: Value;
};
type Container = { readonly kind: "list" | "set" };
/** Numbers and short texts as they are; `undefined` for what need not be known. */
type Value = number | string | boolean | null | undefined | Global | Tuple | Dict | Instance | Container;
type Found = { arrays: number; sklearn: string | undefined };
const MARK = Symbol("mark");

const LONGEST_TEXT = 1024;
const MOST_ENTRIES = 256;
const MOST_TUPLE = 4096;
const MOST_STACK = 5_000_000;
const DEEPEST = 16;
const WRAPPER = "joblib.numpy_pickle.NumpyArrayWrapper";
const DTYPE = "numpy.dtype";

/**
 * Walks a whole file of pickles. Ends with what it found.
 * @param admitted names that the user admits, `package.module.name`
 * @throws UnsafePickle
 */
export function* walkPickle(admitted: ReadonlySet<string> = new Set()): Generator<Want, Walked, Buffer | undefined> {
  const source = new Source();
  const globals = new Set<string>();
  const found: Found = { arrays: 0, sklearn: undefined };
  // What stands behind the end is looked at too: a program may load several from one file.
  for (let first = true; first || (yield* source.isMore()); first = false) {
    yield* new Machine(source, admitted, globals, found, 0).run();
  }
  return { globals: [...globals].toSorted(), ...found };
}

/** Bytes that come in pieces. Small things are read at once; what is long and need not be known is left out. */
class Source {
  private buffer: Buffer = Buffer.alloc(0);
  private at = 0;

  has(count: number): boolean {
    return this.buffer.length - this.at >= count;
  }

  *need(count: number): Generator<Want, void, Buffer | undefined> {
    while (!this.has(count)) if (!(yield* this.fill())) cut();
  }

  *isMore(): Generator<Want, boolean, Buffer | undefined> {
    while (!this.has(1)) if (!(yield* this.fill())) return false;
    return true;
  }

  private *fill(): Generator<Want, boolean, Buffer | undefined> {
    const more = yield { kind: "more" };
    if (more === undefined || more.length === 0) return false;
    this.buffer = this.at === this.buffer.length ? more : Buffer.concat([this.buffer.subarray(this.at), more]);
    this.at = 0;
    return true;
  }

  /** After `need(count)`. */
  take(count: number): Buffer {
    this.at += count;
    return this.buffer.subarray(this.at - count, this.at);
  }

  byte(): number {
    return this.buffer[this.at++]!;
  }

  *skip(count: number): Generator<Want, void, Buffer | undefined> {
    const here = Math.min(count, this.buffer.length - this.at);
    this.at += here;
    if (count > here) {
      const reached = yield { kind: "skip", bytes: count - here };
      if (reached === undefined) cut();
    }
  }

  /** A line of the text protocol without its end; `undefined` when it is long. */
  *line(): Generator<Want, string | undefined, Buffer | undefined> {
    let text: string | undefined = "";
    for (;;) {
      const end = this.buffer.indexOf(0x0a, this.at);
      const piece = this.take((end < 0 ? this.buffer.length : end) - this.at);
      if (text !== undefined) {
        text = text.length + piece.length > LONGEST_TEXT ? undefined : text + piece.toString("utf8");
      }
      if (end >= 0) {
        this.at++;
        return text;
      }
      if (!(yield* this.fill())) cut();
    }
  }
}

function cut(): never {
  throw new UnsafePickle("a whole pickle", "one that is cut short", { certain: false });
}

class Machine {
  private stack: (Value | typeof MARK)[] = [];
  private memo = new Map<number, Value>();
  private readonly source: Source;
  private readonly admitted: ReadonlySet<string>;
  private readonly globals: Set<string>;
  private readonly found: Found;
  private readonly depth: number;

  constructor(source: Source, admitted: ReadonlySet<string>, globals: Set<string>, found: Found, depth: number) {
    this.source = source;
    this.admitted = admitted;
    this.globals = globals;
    this.found = found;
    this.depth = depth;
    if (depth > DEEPEST) throw new UnsafePickle(`at most ${DEEPEST} pickles in each other`, "more");
  }

  *run(): Generator<Want, void, Buffer | undefined> {
    const { source } = this;
    for (;;) {
      if (!source.has(1)) yield* source.need(1);
      const opcode = source.byte();
      if (opcode === 0x2e) return; // STOP
      const fixed = FIXED[opcode];
      if (fixed !== undefined && !source.has(fixed)) yield* source.need(fixed);
      yield* this.step(opcode);
      if (this.stack.length + this.memo.size > MOST_STACK) {
        throw new UnsafePickle(`a pickle of at most ${MOST_STACK} objects at once`, "more");
      }
    }
  }

  private *step(opcode: number): Generator<Want, void, Buffer | undefined> {
    const { source, stack } = this;
    switch (String.fromCharCode(opcode)) {
      case "\x80": {
        const protocol = source.byte();
        if (protocol > 5) {
          throw new UnsafePickle("pickle protocol 0 to 5", `protocol ${protocol}`, { certain: false });
        }
        return;
      }
      case "\x95": // FRAME
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
      case "\x88":
      case "\x89":
        stack.push(opcode === 0x88);
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
        stack.push(undefined);
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
      case "\x8a":
        stack.push(littleEndian(yield* this.text(source.byte(), "latin1")));
        return;
      case "\x8b":
        yield* source.skip(this.length(source.take(4).readInt32LE()));
        stack.push(undefined);
        return;
      case "G":
        source.take(8);
        stack.push(undefined);
        return;
      case "S": {
        const line = yield* source.line();
        stack.push(plain(line === undefined ? undefined : /^(['"])(.*)\1$/s.exec(line)?.[2]));
        return;
      }
      case "V":
        // An escape could spell a name that reads otherwise here.
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
      case "\x8c":
        stack.push(yield* this.text(source.byte(), "utf8"));
        return;
      case "\x8d":
        stack.push(yield* this.text(this.length(Number(source.take(8).readBigUInt64LE())), "utf8"));
        return;
      case "B":
        yield* this.opaque(source.take(4).readUInt32LE());
        return;
      case "C":
        yield* this.opaque(source.byte());
        return;
      case "\x8e":
      case "\x96":
        yield* this.opaque(this.length(Number(source.take(8).readBigUInt64LE())));
        return;
      case ")":
        stack.push({ kind: "tuple", items: [] });
        return;
      case "t":
        stack.push(tuple(this.toMark()));
        return;
      case "\x85":
      case "\x86":
      case "\x87":
        stack.push(tuple(this.pop(opcode - 0x84)));
        return;
      case "]":
        stack.push({ kind: "list" });
        return;
      case "l":
        this.toMark();
        stack.push({ kind: "list" });
        return;
      case "}":
        stack.push({ kind: "dict", entries: new Map(), whole: true });
        return;
      case "d": {
        const dict: Dict = { kind: "dict", entries: new Map(), whole: true };
        put(dict, this.toMark());
        stack.push(dict);
        return;
      }
      case "\x8f":
        stack.push({ kind: "set" });
        return;
      case "\x91":
        this.toMark();
        stack.push({ kind: "set" });
        return;
      case "a":
        this.pop(1);
        return this.into("list", []);
      case "e":
        this.toMark();
        return this.into("list", []);
      case "s":
        return this.into("dict", this.pop(2));
      case "u":
        return this.into("dict", this.toMark());
      case "\x90":
        this.toMark();
        return this.into("set", []);
      case "g":
        return this.get(key(yield* source.line()));
      case "h":
        return this.get(source.byte());
      case "j":
        return this.get(source.take(4).readUInt32LE());
      case "p":
        this.memo.set(key(yield* source.line()), this.top());
        return;
      case "q":
        this.memo.set(source.byte(), this.top());
        return;
      case "r":
        this.memo.set(source.take(4).readUInt32LE(), this.top());
        return;
      case "\x94":
        this.memo.set(this.memo.size, this.top());
        return;
      case "c": {
        const module = yield* source.line();
        const name = yield* source.line();
        stack.push(this.global(module, name));
        return;
      }
      case "\x93": {
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
      case "\x81": {
        const [target, args] = this.pop(2);
        stack.push(this.make(target, args));
        return;
      }
      case "\x92": {
        const [target, args] = this.pop(3);
        stack.push(this.make(target, args));
        return;
      }
      case "b":
        return yield* this.build();
      case "P":
      case "Q":
        throw new UnsafePickle("a pickle that stands alone", "an object that lies elsewhere (persistent id)", {
          certain: opcode === 0x51,
        });
      case "\x82":
      case "\x83":
      case "\x84":
        throw new UnsafePickle("names that can be read", "a number of copyreg's extension registry");
      case "\x97":
      case "\x98":
        throw new UnsafePickle("a pickle that stands alone", "a buffer that lies elsewhere");
      default:
        throw new UnsafePickle("an opcode of pickle", `byte 0x${opcode.toString(16).padStart(2, "0")}`, {
          certain: this.globals.size > 0,
        });
    }
  }

  private length(said: number): number {
    if (said >= 0 && Number.isSafeInteger(said)) return said;
    throw new UnsafePickle("a length", `${said}`);
  }

  /** A text that is kept when it is short. */
  private *text(bytes: number, as: "utf8" | "latin1"): Generator<Want, string | undefined, Buffer | undefined> {
    if (bytes > LONGEST_TEXT) {
      yield* this.source.skip(bytes);
      return undefined;
    }
    if (!this.source.has(bytes)) yield* this.source.need(bytes);
    return this.source.take(bytes).toString(as);
  }

  private *opaque(bytes: number): Generator<Want, void, Buffer | undefined> {
    if (this.source.has(bytes)) this.source.take(bytes);
    else yield* this.source.skip(bytes);
    this.stack.push(undefined);
  }

  private top(): Value {
    const value = this.stack.at(-1);
    return this.stack.length === 0 || value === MARK ? underflow() : value;
  }

  private pop(count: number): Value[] {
    const found = this.stack.splice(-count, count);
    return found.length < count || found.includes(MARK) ? underflow() : (found as Value[]).map(used);
  }

  private toMark(): Value[] {
    const at = this.stack.lastIndexOf(MARK);
    if (at < 0) return underflow();
    const [, ...found] = this.stack.splice(at);
    return (found as Value[]).map(used);
  }

  private get(at: number): void {
    if (!this.memo.has(at)) throw new UnsafePickle("an object that was kept", "none", { certain: false });
    this.stack.push(used(this.memo.get(at)));
  }

  private into(kind: "list" | "set" | "dict", items: Value[]): void {
    const target = this.top();
    const isInstance = target !== null && typeof target === "object" && target.kind === "instance";
    if (isInstance ? COLLECTIONS.has(target.of) : isKind(target, kind)) {
      if (isKind(target, "dict")) {
        put(target as Dict, items);
        const version = items.indexOf("_sklearn_version");
        if (version >= 0 && typeof items[version + 1] === "string") this.found.sklearn = items[version + 1] as string;
      }
      return;
    }
    throw new UnsafePickle(`a ${kind} to put things into`, isInstance ? quote(target.of) : "something else");
  }

  private global(module: Value, name: Value): Global {
    if (typeof module !== "string" || typeof name !== "string") {
      throw new UnsafePickle("a name that can be read", "a name that is computed or very long");
    }
    const whole = `${module}.${name}`;
    const looksLikeOne = /^[\w.]+$/.test(whole);
    const admission = this.admitted.has(whole) ? "call" : judgeGlobal(module, name);
    if (admission === undefined) {
      throw new UnsafePickle("names of scikit-learn, NumPy and the boosters that a model needs", quote(whole), {
        global: whole,
        certain: looksLikeOne,
      });
    }
    this.globals.add(whole);
    return { kind: "global", name: whole, admission };
  }

  /** REDUCE, INST and OBJ: a call. */
  private call(target: Value, args: Value): Value {
    if (!isKind(target, "global")) throw new UnsafePickle("a named function to call", "something else");
    const { name, admission } = target as Global;
    if (admission === "value" || admission === "class") {
      throw new UnsafePickle(`no call of ${quote(name)}`, "one", { global: name });
    }
    const given = isKind(args, "tuple") ? (args as Tuple).items : undefined;
    if (given === undefined) throw new UnsafePickle("arguments", `something else for ${quote(name)}`);
    const fault = typeof admission === "function" ? admission(given.map(shown)) : undefined;
    if (fault !== undefined) throw new UnsafePickle(fault, `another call of ${quote(name)}`, { global: name });
    // What makes an object of a class is followed by that object's state, so its class has to be known.
    const [first] = given;
    if (MAKERS.has(name.slice(name.lastIndexOf(".") + 1)) && isKind(first, "global")) return this.make(first, args);
    return { kind: "instance", of: name, args: given, built: false, state: undefined };
  }

  /** NEWOBJ: an object of a class, without its constructor. */
  private make(target: Value, args: Value): Value {
    if (!isKind(target, "global") || (target as Global).admission === "value") {
      throw new UnsafePickle(
        "a class to make an object of",
        isKind(target, "global") ? (target as Global).name : "none",
      );
    }
    return {
      kind: "instance",
      of: (target as Global).name,
      args: isKind(args, "tuple") ? (args as Tuple).items : [],
      built: false,
      state: undefined,
    };
  }

  private *build(): Generator<Want, void, Buffer | undefined> {
    const [state] = this.pop(1);
    const target = this.top();
    if (!isKind(target, "instance")) throw new UnsafePickle("an object that gets a state", "something else");
    const instance = target as Instance;
    instance.built = true;
    instance.state = state;
    if (instance.of !== WRAPPER) return;
    this.stack.pop();
    yield* this.array(state);
    // The array takes the wrapper's place.
    this.stack.push({ kind: "instance", of: "numpy.ndarray", args: [], built: false, state: undefined });
  }

  /** The raw bytes of an array, as joblib writes them behind its wrapper. */
  private *array(state: Value): Generator<Want, void, Buffer | undefined> {
    if (!isKind(state, "dict") || !(state as Dict).whole) throw new UnsafePickle("the header of an array", "none");
    const { entries } = state as Dict;
    const shape = entries.get("shape");
    const dtype = layoutOf(entries.get("dtype"));
    if (dtype === undefined || !isKind(shape, "tuple")) {
      throw new UnsafePickle("the shape and type of an array", "some that can not be read");
    }
    this.found.arrays++;
    if (dtype.objects) {
      yield* new Machine(this.source, this.admitted, this.globals, this.found, this.depth + 1).run();
      return;
    }
    let count = 1;
    for (const size of (shape as Tuple).items) count *= sizeOf(size);
    const bytes = this.length(count * dtype.bytes);
    const alignment = entries.has("numpy_array_alignment_bytes") ? entries.get("numpy_array_alignment_bytes") : null;
    if (alignment !== null && typeof alignment !== "number") throw new UnsafePickle("an array's alignment", "none");
    if (alignment !== null) {
      yield* this.source.need(1);
      yield* this.source.skip(this.source.byte());
    }
    yield* this.source.skip(bytes);
  }
}

/** Bytes of arguments that follow an opcode at once. */
const FIXED: Readonly<Record<number, number>> = Object.fromEntries(
  [
    ["\x80", 1],
    ["\x95", 8],
    ["J", 4],
    ["K", 1],
    ["M", 2],
    ["\x8a", 1],
    ["\x8b", 4],
    ["G", 8],
    ["T", 4],
    ["U", 1],
    ["X", 4],
    ["\x8c", 1],
    ["\x8d", 8],
    ["B", 4],
    ["C", 1],
    ["\x8e", 8],
    ["\x96", 8],
    ["h", 1],
    ["j", 4],
    ["q", 1],
    ["r", 4],
  ].map(([opcode, bytes]) => [(opcode as string).charCodeAt(0), bytes as number]),
);
/** Functions whose result is an object of the class that stands first among their arguments. */
const MAKERS = new Set(["_reconstructor", "__newobj__", "newObj", "_reconstruct", "_mareconstruct"]);
/** Classes whose objects are filled as a list or a dictionary is. */
const COLLECTIONS = new Set([
  "collections.OrderedDict",
  "collections.defaultdict",
  "collections.deque",
  "collections.Counter",
  "sklearn.utils.Bunch",
  "sklearn.utils._bunch.Bunch",
]);

function underflow(): never {
  throw new UnsafePickle("an object on the pickle's stack", "none", { certain: false });
}

function isKind(value: Value, kind: string): boolean {
  return value !== null && typeof value === "object" && value.kind === kind;
}

/** Arguments as a rule sees them: numbers, texts and the names of globals. */
function shown(value: Value): unknown {
  if (isKind(value, "global")) return { global: (value as Global).name };
  return typeof value === "object" ? undefined : value;
}

function tuple(items: Value[]): Value {
  return items.length > MOST_TUPLE ? undefined : { kind: "tuple", items };
}

function put(dict: Dict, items: readonly Value[]): void {
  for (let at = 0; at + 1 < items.length; at += 2) {
    const name = items[at];
    // A name that was not read could be any, also one that stands there already.
    if (name === undefined || (typeof name === "object" && name !== null)) dict.whole = false;
    if (typeof name !== "string") continue;
    if (dict.entries.size >= MOST_ENTRIES && !dict.entries.has(name)) dict.whole = false;
    else dict.entries.set(name, items[at + 1]);
  }
}

/**
 * The wrapper of an array is followed by its state at once, as joblib writes it. Used in any other way it would be read where
 * this walk does not see it, and the bytes of an array would be taken for a program.
 */
function used(value: Value): Value {
  if (isKind(value, "instance") && (value as Instance).of === WRAPPER) {
    throw new UnsafePickle("an array's header that is followed by its array", "one that is used otherwise");
  }
  return value;
}

/** Python reads more spellings of a number than these; what else it would read is not known here. */
const decimal = (line: string | undefined): number | undefined =>
  line !== undefined && /^-?\d{1,15}$/.test(line) ? Number(line) : undefined;

function key(line: string | undefined): number {
  const number = decimal(line);
  if (number === undefined || number < 0) throw new UnsafePickle("a number of an object", "none", { certain: false });
  return number;
}

const plain = (text: string | undefined): string | undefined => (text?.includes("\\") ? undefined : text);

/** LONG1: a whole number, the low byte first. */
function littleEndian(bytes: string | undefined): number | undefined {
  if (bytes === undefined || bytes.length > 6) return undefined;
  let value = 0;
  for (let at = bytes.length - 1; at >= 0; at--) value = value * 256 + bytes.charCodeAt(at);
  // A set highest bit is a minus sign.
  return bytes.length > 0 && bytes.charCodeAt(bytes.length - 1) > 127 ? value - 256 ** bytes.length : value;
}

function sizeOf(value: Value): number {
  const size = isKind(value, "instance") ? undefined : value;
  if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
  throw new UnsafePickle("an array's size", "none that can be read");
}

/** Bytes of one element, and whether elements are objects (a pickle of their own); `undefined` when that can not be told. */
function layoutOf(value: Value, depth = 0): { bytes: number; objects: boolean } | undefined {
  if (!isKind(value, "instance") || (value as Instance).of !== DTYPE || depth > 8) return undefined;
  const { args, built, state } = value as Instance;
  const [, kind, digits] = /^([biufcmMOSUV])(\d{1,9})$/.exec(typeof args[0] === "string" ? args[0] : "") ?? [];
  if (kind === undefined || digits === undefined) return undefined;
  const bytes = Number(digits) * (kind === "U" ? 4 : 1);
  if (!built) return kind === "V" ? undefined : { bytes, objects: kind === "O" };
  // (version, order, subarray, names, fields, bytes, alignment, flags). The state has the last word: of the size of texts and
  // of structures, and by its flags of whether there are objects.
  const told = isKind(state, "tuple") ? (state as Tuple).items : [];
  const fits = told[5] === bytes || (told[5] === -1 && !"USV".includes(kind));
  if (told.length < 8 || !fits || typeof told[7] !== "number") return undefined;
  let objects = kind === "O" || (told[7] & 1) === 1;
  const [, , subarray, , fields] = told;
  if (isKind(subarray, "tuple")) {
    const inner = layoutOf((subarray as Tuple).items[0], depth + 1);
    if (inner === undefined) return undefined;
    objects ||= inner.objects;
  }
  if (isKind(fields, "dict")) {
    if (!(fields as Dict).whole) return undefined;
    for (const field of (fields as Dict).entries.values()) {
      const inner = isKind(field, "tuple") ? layoutOf((field as Tuple).items[0], depth + 1) : undefined;
      if (inner === undefined) return undefined;
      objects ||= inner.objects;
    }
  }
  return { bytes, objects };
}
