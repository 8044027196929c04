import type * as z from 'zod/mini';
import { LearningEventType } from './event-parts.ts';
import { learningEvents } from './learning-events.ts';
import { operationalEvents } from './operational-events.ts';
import { IN_ENGLISH } from './parsing.ts';
import { workflowEvents } from './workflow-events.ts';

/** The schema of the `detail` of every event that can appear on the bus, by its name. */
export const publishedEvents = { ...learningEvents, ...operationalEvents, ...workflowEvents } as const;

export type EventType = keyof typeof publishedEvents;

export type EventDetail<Type extends EventType> = z.infer<(typeof publishedEvents)[Type]>;

/** The mapped type lets TypeScript infer the type of the detail even for a type parameter. */
const schemas: { readonly [Type in EventType]: z.ZodMiniType<EventDetail<Type>> } = publishedEvents;

/** @throws ZodError with messages in English */
export function parseDetail<Type extends EventType>(type: Type, detail: unknown): EventDetail<Type> {
  return parseWith<EventDetail<Type>>(schemas[type], detail);
}

function parseWith<Detail>(schema: z.ZodMiniType<Detail>, detail: unknown): Detail {
  return schema.parse(detail, IN_ENGLISH);
}

/** Returns the `detail-type` of a replayed learning event, which rules for live events do not match. */
export function replayedName<Type extends LearningEventType>(type: Type): `Replayed${Type}` {
  return `Replayed${type}`;
}

/** Returns the `detail-type`s of an event: its own and, if a replay can send it, the replayed one. */
export function detailTypesOf(type: EventType): string[] {
  const learning = LearningEventType.safeParse(type);
  return learning.success ? [type, replayedName(learning.data)] : [type];
}

export function isEventType(name: string): name is EventType {
  return Object.hasOwn(publishedEvents, name);
}

/** Every event, in the order of the catalogue. */
export const eventTypes: readonly EventType[] = Object.keys(publishedEvents).filter(isEventType);
