require("./chunks/rolldown-runtime.cjs");
let kept_require_report_hand_over;
const require_report_hand_over = () => kept_require_report_hand_over ??= require("./chunks/report-hand-over.cjs");
let kept_require_archive;
const require_archive = () => kept_require_archive ??= require("./chunks/archive.cjs");
let kept_require_artifact;
const require_artifact = () => kept_require_artifact ??= require("./chunks/artifact.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
// src/main/report-hand-over.ts
require_house().runAction(require_report_hand_over().reportHandOver, ({ run, log }) => ({
	log,
	workspace: require_house().localWorkspace(run),
	archives: require_archive().tarArchives(),
	artifacts: require_artifact().runArtifacts(log),
	github: require_github().githubRest({
		run,
		token: void 0
	})
}));
