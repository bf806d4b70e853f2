require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_fs;
const node_fs = () => kept_node_fs ??= require("node:fs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
let kept_node_timers_promises;
const node_timers_promises = () => kept_node_timers_promises ??= require("node:timers/promises");
// src/adapters/lock.ts
/**
* Locks between processes, as files that name their holder. A holder that has died holds nothing: the next one takes over, so
* that a killed job wedges no later one.
*/
function fileLocks() {
	return { take };
}
async function take(path, { waitMs, onWait }) {
	await (0, node_fs_promises().mkdir)((0, node_path().dirname)(path), {
		recursive: true,
		mode: 448
	});
	const own = `${path}.${process.pid}.${crypto.randomUUID().slice(0, 8)}`;
	const content = `${process.pid} ${startOf(process.pid) ?? "-"}\n`;
	await (0, node_fs_promises().writeFile)(own, content, { mode: 384 });
	const until = performance.now() + waitMs;
	let told = false;
	try {
		for (;;) {
			try {
				await (0, node_fs_promises().link)(own, path);
				return async () => await (0, node_fs_promises().rm)(path, { force: true });
			} catch (thrown) {
				if (thrown.code !== "EEXIST") throw thrown;
			}
			const holder = await (0, node_fs_promises().readFile)(path, "utf8").catch(() => void 0);
			if (holder === void 0) continue;
			const [pid = "", start = ""] = holder.trim().split(" ");
			if (!alive(Number(pid), start)) {
				await takeAway(path, holder);
				continue;
			}
			if (!told) onWait?.(Number(pid));
			told = true;
			if (performance.now() >= until) throw new (require_house()).ActionError({
				where: path,
				expected: `to be free within ${waitMs / 1e3} s`,
				seen: `process ${pid} still holds it`
			});
			await (0, node_timers_promises().setTimeout)(50);
		}
	} finally {
		await (0, node_fs_promises().rm)(own, { force: true });
	}
}
/** Renaming tells who took it away when several find a dead holder; one that meanwhile was a new holder's is put back. */
async function takeAway(path, dead) {
	const aside = `${path}.${crypto.randomUUID().slice(0, 8)}.dead`;
	try {
		await (0, node_fs_promises().rename)(path, aside);
	} catch {
		return;
	}
	if (await (0, node_fs_promises().readFile)(aside, "utf8") !== dead) await (0, node_fs_promises().link)(aside, path).catch(() => void 0);
	await (0, node_fs_promises().rm)(aside, { force: true });
}
function alive(pid, start) {
	if (!Number.isSafeInteger(pid) || pid <= 0) return false;
	try {
		process.kill(pid, 0);
	} catch (thrown) {
		return thrown.code === "EPERM";
	}
	return start === "-" || (startOf(pid) ?? start) === start;
}
/** Clock ticks since the machine's start, as /proc tells them; `undefined` where there is no /proc. */
function startOf(pid) {
	try {
		const stat = (0, node_fs().readFileSync)(`/proc/${pid}/stat`, "latin1");
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return fields[0] === "Z" ? "dead" : fields[19];
	} catch {
		return;
	}
}
Object.defineProperty(exports, "fileLocks", {
	enumerable: true,
	get: function() {
		return fileLocks;
	}
});
