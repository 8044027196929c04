/**
 * Node's options for the memory of a function. Lambda's own (5 % for each half of the young
 * generation, 90 % for the old one) let a poll grow to 270 MB of garbage; with the young generation kept small it stays
 * below 200 MB however long it runs. Named in part, Lambda would leave the old generation to V8, so it is named as well.
 */
export function memoryOptions(memorySize: number): string[] {
  return ['--max-semi-space-size=8', `--max-old-space-size=${Math.floor(memorySize * 0.9)}`];
}
