import { LearningEventType } from '../functions/contract/event-parts.ts';
import { LearningEventDetail } from '../functions/contract/learning-events.ts';
import { operationalEvents } from '../functions/contract/operational-events.ts';
import { detailTypesOf, type EventType, isEventType } from '../functions/contract/published-events.ts';
import { workflowEvents } from '../functions/contract/workflow-events.ts';
import { detailSchema, jsonSchemaOf } from './event-schema.ts';
import { deliveredExample } from './example-events.ts';
import { fieldRows } from './field-rows.ts';
import { meaningOf } from './meanings.ts';

const SECTIONS: { title: string; text: string; types: EventType[] }[] = [
  {
    title: 'What learners do',
    text: 'One event for each observed change. They share their fields; `progression` is the state after the change, `previous` the state after the event before, so that the events of one progression form a chain.',
    types: LearningEventType.options,
  },
  {
    title: 'Events for operators',
    text: 'Once per episode.',
    types: Object.keys(operationalEvents).filter(isEventType),
  },
  {
    title: 'Events of workflows',
    text: 'Only where the optional stacks are deployed.',
    types: Object.keys(workflowEvents).filter(isEventType),
  },
];

/** The catalogue of events, in Markdown. */
export function cataloguePage(): string {
  return [
    '<!-- Written by `npm run generate:events`. -->',
    '# Events',
    'Every event has the `source` `schoolbell` and one of the names below as its `detail-type`. Each has a JSON Schema in [`events/`](events/), and [`events/asyncapi.json`](events/asyncapi.json) describes them all. [How to consume them](consumers.md).',
    'Version 1 does not change in a way that breaks a consumer: fields and events may be added, nothing is taken away, renamed, or becomes optional or null. Ignore fields that you do not know.',
    ...SECTIONS.flatMap(({ title, text, types }) => [`## ${title}`, text, ...index(types)]),
    '## Fields of learning events',
    ...table(fieldRows(jsonSchemaOf(LearningEventDetail))),
    ...SECTIONS.flatMap(({ types }) => types.flatMap(section)),
  ]
    .join('\n\n')
    .concat('\n');
}

function index(types: EventType[]): string[] {
  return [
    [
      '| event | when |',
      '| --- | --- |',
      ...types.map((type) => `| [\`${type}\`](#${type.toLowerCase()}) | ${meaningOf(type)} |`),
    ].join('\n'),
  ];
}

function section(type: EventType): string[] {
  const [, replayed] = detailTypesOf(type);
  const isLearning = LearningEventType.safeParse(type).success;
  return [
    `## ${type}`,
    `${meaningOf(type)} [Schema](events/${type}.json).${replayed === undefined ? '' : ` On a replay: \`${replayed}\`.`}`,
    ...(isLearning ? [] : table(fieldRows(detailSchema(type)))),
    ['```json', JSON.stringify(deliveredExample(type), null, 2), '```'].join('\n'),
  ];
}

function table(rows: { field: string; type: string; text: string }[]): string[] {
  const lines = rows.map(({ field, type, text }) =>
    `| \`${field}\` | ${type} | ${text} |`.replace('|  |', '| |'),
  );
  return [['| field | type | |', '| --- | --- | --- |', ...lines].join('\n')];
}
