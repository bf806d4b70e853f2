import { refuse, quote } from "../../errors.ts";

/** What a tag of git says is released. */
export type Version = {
  /** As git has it: `v1.2.3`, `digits@v1.2.3`. */
  readonly tag: string;
  /** The model before the `@`; absent where the repository has one. */
  readonly model: string | undefined;
  /** `1.2.3`, `2.0.0-rc.1`: the image's tag. */
  readonly number: string;
  readonly parts: readonly [major: bigint, minor: bigint, patch: bigint];
  /** `rc.1`; absent for a release proper. */
  readonly prerelease: string | undefined;
};

const FORM =
  /^(?:([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)@)?v((0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?)$/;
export const VERSION_ACCEPTS = "`v1.2.3`, `v2.0.0-rc.1`, `model@v1.2.3`";

/** Reads a tag's name. @throws ActionError for one that names no version */
export function readVersion(tag: string, where: string): Version {
  const found = tag.length <= 128 ? FORM.exec(tag) : null;
  if (found === null) {
    return refuse({ where, expected: "a tag such as v1.2.3 or model@v1.2.3", seen: quote(tag) });
  }
  const [, model, number = "", major = "", minor = "", patch = "", prerelease] = found;
  return { tag, model, number, parts: [BigInt(major), BigInt(minor), BigInt(patch)], prerelease };
}

/**
 * The image's tags for a version: its own, and `1.2` and `1` where nothing newer of the same line has been promoted before, so that
 * going back to an old version by its name does not move what means "the newest".
 * @param standing all tags of the image's repository
 */
export function tagsOf(version: Version, standing: readonly string[]): readonly string[] {
  const { number, parts, prerelease } = version;
  if (prerelease !== undefined) return [number];
  const [major, minor, patch] = parts;
  const released = standing.flatMap((tag) => {
    const found = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/.exec(tag);
    return found === null ? [] : [found.slice(1).map(BigInt) as [bigint, bigint, bigint]];
  });
  const ofMajor = released.filter(([other]) => other === major);
  const newerPatch = ofMajor.some(([, other, last]) => other === minor && last > patch);
  const newerMinor = ofMajor.some(([, other, last]) => other > minor || (other === minor && last > patch));
  return [number, ...(newerPatch ? [] : [`${major}.${minor}`]), ...(newerMinor ? [] : [`${major}`])];
}
