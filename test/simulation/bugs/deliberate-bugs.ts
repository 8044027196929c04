import { decidingBugs } from './deciding-bugs.ts';
import type { DeliberateBug } from './deliberate-bug.ts';
import { holdBugs } from './hold-bugs.ts';
import { runBugs } from './run-bugs.ts';
import { testedBugs } from './tested-bugs.ts';

export const deliberateBugs: DeliberateBug[] = [...runBugs, ...decidingBugs, ...holdBugs, ...testedBugs];
