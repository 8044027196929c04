import * as z from 'zod/mini';

/** What a process spent on its task, loading left out. */
export const Spent = z.object({
  wallMs: z.number(),
  /** Of all processors, in user and system mode. */
  cpuMs: z.number(),
  /** The most that the process ever had in memory, programs and libraries included. */
  peakMb: z.number(),
  pages: z.int(),
  records: z.int(),
});
export type Spent = z.infer<typeof Spent>;

/** Measures this process while it works. */
export async function measureSpent(work: () => Promise<Pick<Spent, 'pages' | 'records'>>): Promise<Spent> {
  const began = performance.now();
  const before = process.cpuUsage();
  const read = await work();
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  return {
    ...read,
    wallMs,
    cpuMs: (user + system) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
}
