import type { BugSetting } from './settings.ts';
import type { SourcePatch } from './source-patch.ts';

/** A bug that is put into the sources to show that it would be found. */
export type DeliberateBug = {
  name: string;
  patches: SourcePatch[];
  setting?: BugSetting;
  /** The test files that find it, where the simulation does not reach: they run on the patched sources instead. */
  testedBy?: string[];
};

/** @param file from the project's folder */
export function one(file: string, replace: string, by: string): SourcePatch[] {
  return [{ file, replace, by }];
}
