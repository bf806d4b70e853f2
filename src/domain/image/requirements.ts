import { quote, type Mistake } from "../../errors.ts";

/** The wrapper of Seldon Core, last release under Apache-2.0, with what pip gets wrong for it when it is left alone. */
const SELDON_PINS: readonly (readonly [name: string, line: string])[] = [
  ["seldon-core", "seldon-core==1.17.1"],
  // gunicorn 20.1 imports pkg_resources, which later ones have no more.
  ["setuptools", "setuptools<82"],
  // The last one that lives with protobuf 3.
  ["grpcio-reflection", "grpcio-reflection==1.48.2"],
  ["protobuf", "protobuf==3.20.3"],
  ["numpy", "numpy<2"],
];

export type Requirements = {
  /** What pip reads, a line each, with what was added. */
  readonly text: string;
  /** Lines that were added: `seldon-core==1.17.1`. */
  readonly added: readonly string[];
  /** Names that no exact version is asked of: a layer stays as it was resolved first. */
  readonly loose: readonly string[];
  /** Exact pins: name → version. */
  readonly pins: Readonly<Record<string, string>>;
};

/** `Scikit_Learn` → `scikit-learn` (PEP 503). */
const normalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

/** Reads the text of requirements, and adds the wrapper where the wrapper is to serve and is not asked for. */
export function completeRequirements(text: string, wrapper: "seldon" | "mlserver" | "flask"): Requirements {
  const pins: Record<string, string> = {};
  const loose: string[] = [];
  const named = new Set<string>();
  const lines = text
    .replace(/\\\r?\n/g, " ")
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
  for (const line of lines) {
    const [, name, rest = ""] = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;]*)/.exec(line) ?? [];
    if (line.startsWith("-") || name === undefined) continue;
    const normal = normalName(name);
    named.add(normal);
    const [, version] = /^===?\s*([A-Za-z0-9.!+_-]+)(?:\s|$)/.exec(rest) ?? [];
    if (version !== undefined) pins[normal] = version;
    else if (!rest.startsWith("@")) loose.push(normal);
  }
  const wanted: readonly (readonly [string, string])[] =
    wrapper === "seldon" ? SELDON_PINS : wrapper === "mlserver" ? [["mlserver", "mlserver==1.7.1"]] : [];
  const added = wanted.filter(([name]) => !named.has(name)).map(([, line]) => line);
  return { text: [...lines, ...added].map((line) => `${line}\n`).join(""), added, loose, pins };
}

/**
 * Turns any of the known files into lines that pip reads.
 * @param path its name tells the form
 */
export function requirementLines(path: string, text: string): { lines: string } | { fault: Mistake } {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "Pipfile.lock") return pipfile(path, text);
  if (name === "poetry.lock" || name === "uv.lock") return { lines: lockedPackages(text) };
  if (name === "pyproject.toml") return { lines: projectDependencies(text) };
  if (name === "setup.py" || name === "setup.cfg") {
    // It is a program: what it asks for is known only when it runs. pip runs it, in the folder of the code.
    return { lines: "." };
  }
  return { lines: text };
}

function pipfile(path: string, text: string): { lines: string } | { fault: Mistake } {
  try {
    const { default: packages = {} } = JSON.parse(text) as {
      default?: Record<string, { version?: string; markers?: string }>;
    };
    const lines = Object.entries(packages).map(([name, { version = "", markers }]) =>
      markers === undefined ? `${name}${version}` : `${name}${version} ; ${markers}`,
    );
    return { lines: lines.join("\n") };
  } catch {
    return { fault: { where: path, expected: "JSON, as pipenv writes it", seen: quote(text, 40) } };
  }
}

/** `[[package]]` tables of uv and poetry: names and versions; what is the project itself or for development is left out. */
function lockedPackages(text: string): string {
  return text
    .split(/^\[\[package\]\]\s*$/m)
    .slice(1)
    .map((table) => table.split(/^\[\[/m)[0]!)
    .filter(
      (table) =>
        !/^source\s*=\s*\{\s*(?:editable|virtual|directory)\b/m.test(table) &&
        !/^groups\s*=\s*\[(?![^\]]*"main")[^\]]*\]/m.test(table) &&
        !/^category\s*=\s*"dev"/m.test(table),
    )
    .map((table) => [
      /^name\s*=\s*"([^"]+)"/m.exec(table)?.[1],
      /^version\s*=\s*"([^"]+)"/m.exec(table)?.[1],
      /^markers\s*=\s*"([^"]+)"/m.exec(table)?.[1],
    ])
    .filter(([name, version]) => name !== undefined && version !== undefined)
    .map(([name, version, markers]) => `${name}==${version}${markers === undefined ? "" : ` ; ${markers}`}`)
    .join("\n");
}

/** `project.dependencies` of pyproject.toml. */
function projectDependencies(text: string): string {
  const [, table = ""] = /^\[project\]\s*$([^]*?)(?=^\[[a-z]|(?![^]))/m.exec(text) ?? [];
  const [, list = ""] = /^dependencies\s*=\s*\[([^]*?)\]\s*$/m.exec(table) ?? [];
  return [...list.matchAll(/"([^"\n]+)"|'([^'\n]+)'/g)].map(([, a, b]) => a ?? b).join("\n");
}

/** Tells what pip could not do, from its own lines. @param python `3.11` */
export function pipMistake(lines: readonly string[], python: string): Mistake {
  const where = "the dependency layer";
  const conflict = lines.findIndex((line) => /The conflict is caused by:/.test(line));
  if (conflict >= 0) {
    const parties = lines
      .slice(conflict + 1)
      .map((line) => line.trim())
      .filter((line) => /^(?:The user requested|[\w.-]+(?:\[[^\]]*\])? \S+ depends on) /.test(line))
      .slice(0, 4);
    const all = parties.join(" ");
    const fix = /numpy/i.test(all)
      ? "seldon-core 1.17.1 lives with NumPy below 2: pin numpy<2 and libraries of that time, or serve by wrapper: mlserver."
      : /protobuf|grpcio/i.test(all)
        ? "seldon-core 1.17.1 lives with protobuf 3: leave that package out of the server, or serve by wrapper: mlserver."
        : "Loosen one of the two, take a Python that both have releases for, or serve by wrapper: mlserver.";
    return {
      where,
      expected: "requirements that go together",
      seen: parties.join("; ").slice(0, 400) || "a conflict",
      fix,
    };
  }
  const missing = lines
    .map((line) => /No matching distribution found for (\S+)/.exec(line)?.[1])
    .find((each) => each !== undefined);
  if (missing !== undefined) {
    const versions = lines
      .map((line) => /\(from versions: ([^)]*)\)/.exec(line)?.[1])
      .find((each) => each !== undefined && each !== "none");
    return {
      where,
      expected: `a wheel of ${quote(missing)} for Python ${python} on this platform`,
      seen:
        versions === undefined ? "none" : `wheels of other versions only: ${versions.split(", ").slice(-8).join(", ")}`,
      fix:
        versions === undefined
          ? "Is its name right? Otherwise put it into the base image, or take a Python that it has wheels for."
          : "Pin one of these, put it into the base image, or take a Python that it has wheels for.",
    };
  }
  const last = lines.find((line) => line.startsWith("ERROR:")) ?? lines.at(-1) ?? "nothing";
  return {
    where,
    expected: "all requirements",
    seen: quote(last.replace(/^ERROR:\s*/, ""), 300),
    fix: "pip's last lines stand in the log above.",
  };
}

/** `sub-1.0-cp311-cp311-linux_x86_64.whl` was compiled on this machine: nobody knows where else it runs. */
export function impureWheels(names: readonly string[]): readonly string[] {
  return names.filter(
    (name) => /-(?:linux|macosx|win)[a-z0-9_]*\.whl$/.test(name) && !/-(?:many|musl)linux/.test(name),
  );
}

/** Where the Python of a base image looks for packages, and which Python it is. */
export type BasePython = { readonly version: string; readonly site: string };

/**
 * Which Python a base image brings, by what its config says: the official images name it in PYTHON_VERSION.
 * @param asked `3.11`, the user's word, for images that do not say
 */
export function basePython(env: ReadonlyMap<string, string>, asked: string | undefined): BasePython | undefined {
  const [, said] = /^(3\.\d{1,2})\b/.exec(env.get("PYTHON_VERSION") ?? "") ?? [];
  if (said !== undefined) {
    return asked === undefined || asked === said
      ? { version: said, site: `usr/local/lib/python${said}/site-packages` }
      : undefined;
  }
  // Without that word it is a distribution's own: Debian's looks here, whatever its packages are called.
  return asked === undefined ? undefined : { version: asked, site: `usr/local/lib/python${asked}/dist-packages` };
}

/** What a prepackaged server of Seldon Core 1.17.1 loads models with. */
const SERVERS: Readonly<
  Record<string, { readonly library: string; readonly version: string; readonly file: RegExp; readonly called: string }>
> = {
  SKLEARN_SERVER: { library: "scikit-learn", version: "0.24.2", file: /^model\.joblib$/, called: "model.joblib" },
  XGBOOST_SERVER: { library: "xgboost", version: "1.4.2", file: /^model\.bst$/, called: "model.bst" },
  MLFLOW_SERVER: { library: "mlflow", version: "2.5.0", file: /^(?:.*\/)?MLmodel$/, called: "MLmodel" },
  TENSORFLOW_SERVER: { library: "tensorflow", version: "", file: /^\d+\/saved_model\.pb$/, called: "1/saved_model.pb" },
};
export const PREPACKAGED = Object.keys(SERVERS);

/** What speaks against a prepackaged server for a model: its files' names, and who wrote it. */
export function prepackagedMistakes(
  server: string,
  paths: readonly string[],
  libraries: Readonly<Record<string, string>>,
): readonly Mistake[] {
  const { library, version, file, called } = SERVERS[server]!;
  const mistakes: Mistake[] = [];
  if (!paths.some((path) => file.test(path))) {
    mistakes.push({
      where: `the model's files, for ${server}`,
      expected: called,
      seen:
        paths
          .slice(0, 5)
          .map((path) => quote(path, 60))
          .join(", ") || "none",
      fix: `${server} looks for this very name below model-uri.`,
    });
  }
  const wrote = libraries[library];
  if (wrote !== undefined && version !== "" && minor(wrote) !== minor(version) && library !== "mlflow") {
    mistakes.push({
      where: `${library} of the model`,
      expected: `${version}, which ${server} loads it with`,
      seen: wrote,
      fix: `Train with ${library}==${version}, or leave server out and let this action build an image with ${library}==${wrote}.`,
    });
  }
  return mistakes;
}

/** What wrote the model against what will load it. A model of one minor version is not promised to load in another. */
export function skewMistakes(
  wrote: Readonly<Record<string, string>>,
  loads: Readonly<Record<string, string>>,
): readonly Mistake[] {
  return ["scikit-learn", "xgboost", "lightgbm"].flatMap((library) => {
    const [a, b] = [wrote[library], loads[library]];
    if (a === undefined || b === undefined || minor(a) === minor(b)) return [];
    return [
      {
        where: `${library} in the requirements`,
        expected: `${a}, which wrote the model`,
        seen: b,
        fix: `Pin ${library}==${a} for serving, or train with ${b}.`,
      },
    ];
  });
}

const minor = (version: string): string => version.split(".").slice(0, 2).join(".");
