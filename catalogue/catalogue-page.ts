import { LearningEventType } from '../functions/contract/event-parts.ts';
import { LearningEventDetail } from '../functions/contract/learning-events.ts';
import { operationalEvents } from '../functions/contract/operational-events.ts';
import {
  detailTypesOf,
  type EventType,
  eventTypes,
  publishedEvents,
} from '../functions/contract/published-events.ts';
import { isSchema, type JsonSchema, jsonSchemaOf, meanings } from './event-schema.ts';
import { deliveredExample } from './examples.ts';

const isLearning = (type: EventType) => LearningEventType.safeParse(type).success;
const isOperational = (type: EventType) => Object.hasOwn(operationalEvents, type);

const SECTIONS = [
  {
    title: 'What learners do',
    text: 'One event for each observed change. All have the same fields. `progression` is the state after the change. `previous` is the state after the previous event, so that the events of one progression form a chain.',
    types: eventTypes.filter(isLearning),
  },
  {
    title: 'Events for operators',
    text: 'Each is published once per episode, such as a time in which an integration fails.',
    types: eventTypes.filter(isOperational),
  },
  {
    title: 'Events of certificates and digests',
    text: 'They are published only if the optional certificates or digests are deployed.',
    types: eventTypes.filter((type) => !isLearning(type) && !isOperational(type)),
  },
];

/** Returns the catalogue of events in Markdown. */
export function cataloguePage(): string {
  return [
    '<!-- Written by `npm run generate:events`. -->',
    '# Events',
    'Every event has the `source` `schoolbell` and one of the names below as its `detail-type`. Each has a JSON Schema in [`events/`](events/), and [`events/asyncapi.json`](events/asyncapi.json) describes all events. [How to consume events](consumers.md).',
    'Version 1 does not change in a way that breaks a consumer: fields and events may be added, but no field is removed, renamed, or becomes optional or nullable. Ignore fields that you do not know.',
    ...SECTIONS.flatMap(({ title, text, types }) => [
      `## ${title}`,
      text,
      table('| event | when |', '| --- | --- |', types.map(indexRow)),
    ]),
    '## Fields of learning events',
    fieldsTable(jsonSchemaOf(LearningEventDetail)),
    ...SECTIONS.flatMap(({ types }) => types.flatMap(section)),
  ]
    .join('\n\n')
    .concat('\n');
}

function indexRow(type: EventType): string {
  return `| [\`${type}\`](#${type.toLowerCase()}) | ${meanings[type]} |`;
}

function section(type: EventType): string[] {
  const [, replayed] = detailTypesOf(type);
  return [
    `## ${type}`,
    `${meanings[type]} [Schema](events/${type}.json).${replayed === undefined ? '' : ` On a replay: \`${replayed}\`.`}`,
    ...(isLearning(type) ? [] : [fieldsTable(jsonSchemaOf(publishedEvents[type]))]),
    ['```json', JSON.stringify(deliveredExample(type), null, 2), '```'].join('\n'),
  ];
}

function fieldsTable(schema: JsonSchema): string {
  return table('| field | type | |', '| --- | --- | --- |', fieldRows(schema));
}

function table(...[head, rule, rows]: [string, string, string[]]): string {
  return [head, rule, ...rows].join('\n');
}

/** Returns the fields of a schema as rows of a table. A nested field is named by its path. */
function fieldRows({ properties = {}, required = [] }: JsonSchema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isSchema(property)) return [];
    const path = `${prefix}${name}`;
    const optional = required.includes(name) ? '' : ', optional';
    const { description } = property;
    const row = `| \`${path}\` | ${typeOf(property)}${optional} |${description ? ` ${description}` : ''} |`;
    return [row, ...fieldRows(objectOf(property), `${path}.`)];
  });
}

/** Returns the schema of the object in a property such as `previous`, which is an object or null. */
function objectOf(property: JsonSchema): JsonSchema {
  return property.anyOf?.find(({ type }) => type === 'object') ?? property;
}

function typeOf(property: JsonSchema): string {
  const { type, anyOf, format, items, enum: values } = property;
  if ('const' in property) return `\`${JSON.stringify(property.const)}\``;
  if (values) return values.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (format === 'date-time') return 'time';
  if (type === 'array') return `list of ${isSchema(items) ? typeOf(items) : 'anything'}`;
  if (Array.isArray(type)) return type.join(' or ');
  return typeof type === 'string' ? type : 'anything';
}
