import type { BugSetting } from './settings.ts';
import type { SourcePatch } from './source-patch.ts';

/** A bug that is inserted into the sources to show that it would be found. */
export type DeliberateBug = {
  name: string;
  patches: SourcePatch[];
  setting?: BugSetting;
  /** The test files that find it if the simulation does not: they run on the patched sources. */
  testedBy?: string[];
};

/** @param file from the project's folder */
export function one(file: string, replace: string, by: string): SourcePatch[] {
  return [{ file, replace, by }];
}
