require("./rolldown-runtime.cjs");
const node_timers_promises = () => require("node:timers/promises");
// src/adapters/clock.ts
/** The machine's own clocks. */
function systemClock() {
	return {
		now: () => Date.now(),
		elapsed: () => performance.now(),
		sleep: async (milliseconds, signal) => {
			await (0, node_timers_promises().setTimeout)(milliseconds, void 0, signal ? { signal } : {});
		}
	};
}
Object.defineProperty(exports, "systemClock", {
	enumerable: true,
	get: function() {
		return systemClock;
	}
});
