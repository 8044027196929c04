import type { SourcePatch } from './source-patch.ts';

/** A bug that is put into the sources to show that the simulation would find it. */
export type DeliberateBug = { name: string; patches: SourcePatch[] };

export const deliberateBugs: DeliberateBug[] = [];
