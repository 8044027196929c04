import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  firstSyncTable,
  hourTable,
  komboTable,
  limitTable,
  nearestLimits,
  roomTable,
} from '../../bench/scaling-model.ts';

it.each(Object.entries({ hourTable, limitTable, nearestLimits, roomTable, firstSyncTable, komboTable }))(
  'the documented %s is the one of the model',
  (_, made) => {
    expect(readFileSync('docs/scaling.md', 'utf8')).toContain(made());
  },
);
