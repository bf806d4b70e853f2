require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/adapters/compression.ts
/** gzip, as base64: letters, digits and a few signs, so that it fits wherever a text does. */
function gzipTexts() {
	return {
		pack: async (text) => {
			const { gzip } = await import("node:zlib");
			return await new Promise((resolve, reject) => {
				gzip(text, { level: 9 }, (error, packed) => error ? reject(error) : resolve(packed.toString("base64")));
			});
		},
		unpack: async (packed, { where, maxBytes }) => {
			const { gunzip } = await import("node:zlib");
			return await new Promise((resolve, reject) => {
				gunzip(Buffer.from(packed, "base64"), { maxOutputLength: maxBytes }, (error, text) => {
					if (error === null) resolve(text.toString("utf8"));
					else reject(new (require_house()).ActionError({
						where,
						expected: `a packed text of at most ${maxBytes} bytes`,
						seen: error.message
					}));
				});
			});
		}
	};
}
Object.defineProperty(exports, "gzipTexts", {
	enumerable: true,
	get: function() {
		return gzipTexts;
	}
});
