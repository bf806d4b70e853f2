// What a program that we start may see of our environment is listed, not what it may not: the runner's list of secrets grows.

const ALWAYS = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "TZ",
  "TMPDIR",
  "XDG_CACHE_HOME",
  // actions/setup-python needs it to find its own libpython.
  "LD_LIBRARY_PATH",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
];
const ALWAYS_FORM = /^LC_[A-Z]+$/;
/** How many threads numerical libraries use: what was set for the training holds for serving. */
const THREADS = /^(OMP|OPENBLAS|MKL|NUMEXPR|BLIS|VECLIB)_[A-Z_]+$/;
/** Where packages come from; may hold a password, so pip alone gets it. */
const PACKAGES = /^(PIP_[A-Z0-9_]+|(https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY|NETRC)$/;

type Environment = Readonly<Record<string, string>>;

const pick = (env: Environment, allowed: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => allowed(name)));

const always = (name: string): boolean => ALWAYS.includes(name) || ALWAYS_FORM.test(name);

/** For `pip` and `venv`. */
export function installerEnvironment(env: Environment): Record<string, string> {
  return pick(env, (name) => always(name) || PACKAGES.test(name));
}

/**
 * For the front and the model servers: no token, no `INPUT_*`, no `ACTIONS_*`, no `GITHUB_*`.
 * @param outliveJob leaves out `RUNNER_TRACKING_ID`, by which the runner finds and ends what a job left behind
 */
export function servingEnvironment(env: Environment, { outliveJob }: { outliveJob: boolean }): Record<string, string> {
  return pick(
    env,
    (name) =>
      always(name) || THREADS.test(name) || name === "XDG_STATE_HOME" || (name === "RUNNER_TRACKING_ID" && !outliveJob),
  );
}
