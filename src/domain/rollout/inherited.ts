import type { Pod } from "../kubernetes/object.ts";
import type { Doom } from "./doom.ts";

/**
 * What was wrong already before we wrote, of pods that our spec leaves as they are: a run that was told of a missing image and
 * left everything as it was (`rollback: none`), and runs again once the image is there. Such an old sign says nothing about us
 * until it is given anew.
 */
export type Inherited = Readonly<Record<string, Sign>>;

/** How a container looked last, and how often it had fallen over. */
type Sign = { readonly reason: string; readonly restarts: number };

const keyOf = (pod: Pod, container: string): string => `${pod.metadata.uid ?? pod.metadata.name}/${container}`;

/** The signs of doom that stand at the first look. */
export function inheritedSigns(pods: readonly Pod[], doomOf: (pod: Pod) => Doom | undefined): Inherited {
  const signs: Record<string, Sign> = {};
  for (const pod of pods) {
    const doom = doomOf(pod);
    if (doom !== undefined) signs[keyOf(pod, doom.container)] = signOf(pod, doom);
  }
  return signs;
}

/** Whether a doom is only the old one: nothing has been tried since. */
export function isOld(inherited: Inherited, pod: Pod, doom: Doom): boolean {
  const key = keyOf(pod, doom.container);
  if (!Object.hasOwn(inherited, key)) return false;
  const [before, now] = [inherited[key]!, signOf(pod, doom)];
  // A pull that is tried again fails with ErrImagePull anew, after it was backed off.
  const pulledAgain = before.reason === "ImagePullBackOff" && now.reason === "ErrImagePull";
  return now.restarts === before.restarts && !pulledAgain;
}

/** The signs as they are now, so that what comes after is told from them; what has passed is forgotten. */
export function agedSigns(
  inherited: Inherited,
  pods: readonly Pod[],
  doomOf: (pod: Pod) => Doom | undefined,
): Inherited {
  const signs: Record<string, Sign> = {};
  for (const pod of pods) {
    const doom = doomOf(pod);
    if (doom === undefined) continue;
    const key = keyOf(pod, doom.container);
    if (Object.hasOwn(inherited, key)) signs[key] = { ...signOf(pod, doom), restarts: inherited[key]!.restarts };
  }
  return signs;
}

function signOf({ status }: Pod, { reason, container }: Doom): Sign {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return { reason, restarts: all.find(({ name }) => name === container)?.restartCount ?? 0 };
}
