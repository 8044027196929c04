import fc from 'fast-check';
import { type Happening, hideable, seatHappenings } from './school-model.ts';

/** Generates any change that can happen in a school with this many seats. */
export function happening(seats: number): fc.Arbitrary<Happening> {
  const seat = fc.nat({ max: seats - 1 });
  // Kombo shows a change some minutes after its time, but within the overlap.
  const lagMinutes = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 10 }));
  return fc.oneof(
    { weight: 2, arbitrary: fc.record({ what: fc.constant('enrol' as const), seat, lagMinutes }) },
    { weight: 8, arbitrary: fc.record({ what: fc.constantFrom(...seatHappenings), seat, lagMinutes }) },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constantFrom('hide', 'show'), field: fc.constantFrom(...hideable) }),
    },
  );
}
