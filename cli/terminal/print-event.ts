import type { DeliveredEvent } from '../../local/bus/delivered-event.ts';
import { eventLine } from '../views/event-line.ts';
import type { Output } from './output.ts';

/** Prints each event as it is published: as EventBridge delivers it with `--json`, or as one readable line. */
export function printEvent(output: Output): (event: DeliveredEvent) => void {
  return (event) => output.answer(event, ...eventLine(event));
}
