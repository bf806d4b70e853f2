/**
 * A number as people read it: at most six significant digits. Beside a bound it gets as many as it takes to stay on its own side
 * of it, so that 0.79999999 is never shown as the 0.8 that it failed to reach.
 */
export function figure(value: number, bound?: number): string {
  if (Object.is(value, -0)) return "0";
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 6; digits < 17; digits++) {
    const shown = plain(value, digits);
    if (bound === undefined || Math.sign(Number(shown) - bound) === Math.sign(value - bound)) return shown;
  }
  return String(value);
}

function plain(value: number, digits: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  // Number() takes the trailing zeros off again, and writes an exponent only where digits alone would mislead.
  return String(Number(value.toPrecision(digits)));
}
