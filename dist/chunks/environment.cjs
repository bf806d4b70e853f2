// src/domain/seldon/environment.ts
var environment_exports = /* @__PURE__ */ require("./rolldown-runtime.cjs").__exportAll({ installerEnvironment: () => installerEnvironment });
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
	"LD_LIBRARY_PATH",
	"SSL_CERT_FILE",
	"SSL_CERT_DIR",
	"REQUESTS_CA_BUNDLE",
	"CURL_CA_BUNDLE"
];
const ALWAYS_FORM = /^LC_[A-Z]+$/;
/** How many threads numerical libraries use: what was set for the training holds for serving. */
const THREADS = /^(OMP|OPENBLAS|MKL|NUMEXPR|BLIS|VECLIB)_[A-Z_]+$/;
/** Where packages come from; may hold a password, so pip alone gets it. */
const PACKAGES = /^(PIP_[A-Z0-9_]+|(https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY|NETRC)$/;
const pick = (env, allowed) => Object.fromEntries(Object.entries(env).filter(([name]) => allowed(name)));
const always = (name) => ALWAYS.includes(name) || ALWAYS_FORM.test(name);
/** For `pip` and `venv`. */
function installerEnvironment(env) {
	return pick(env, (name) => always(name) || PACKAGES.test(name));
}
/**
* For the front and the model servers: no token, no `INPUT_*`, no `ACTIONS_*`, no `GITHUB_*`.
* @param outliveJob leaves out `RUNNER_TRACKING_ID`, by which the runner finds and ends what a job left behind
*/
function servingEnvironment(env, { outliveJob }) {
	return pick(env, (name) => always(name) || THREADS.test(name) || name === "XDG_STATE_HOME" || name === "RUNNER_TRACKING_ID" && !outliveJob);
}
Object.defineProperty(exports, "environment_exports", {
	enumerable: true,
	get: function() {
		return environment_exports;
	}
});
Object.defineProperty(exports, "installerEnvironment", {
	enumerable: true,
	get: function() {
		return installerEnvironment;
	}
});
Object.defineProperty(exports, "servingEnvironment", {
	enumerable: true,
	get: function() {
		return servingEnvironment;
	}
});
