import type { BugSetting } from './settings.ts';
import type { SourcePatch } from './source-patch.ts';

/** A bug that is inserted into the sources to show that a test or the simulation finds it. */
export type DeliberateBug = {
  name: string;
  patches: SourcePatch[];
  setting?: BugSetting;
  /** The test files that find the bug if the simulation does not. They run on the patched sources. */
  testedBy?: string[];
};

/**
 * Returns a list with one replacement in a source file.
 *
 * @param file the path from the project's folder
 */
export function one(file: string, replace: string, by: string): SourcePatch[] {
  return [{ file, replace, by }];
}
