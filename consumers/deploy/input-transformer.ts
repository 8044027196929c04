import type { EventPattern } from '../kit/event-pattern.ts';

/** A rule that can be deployed to EventBridge, and that the local bus can apply. */
export type Rule = {
  name: string;
  pattern: EventPattern;
  /** Defines what the target gets instead of the event. Null means that the target gets the event itself. */
  transformer: InputTransformer | null;
};

/** Defines what EventBridge sends to a target instead of the event: a template that is filled with values of the event. */
export type InputTransformer = { paths: Record<string, string>; template: string };

/**
 * The maximum number of characters in a template:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
const MOST_CHARACTERS = 8192;

/**
 * A variable of a template. EventBridge replaces the variable with a value of the event as JSON, so a text
 * includes its quotes and escapes.
 */
export class Field {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

/**
 * Returns a variable for a value of the event. In a template the variable can replace any JSON value. It
 * cannot be a part of a text, because EventBridge does not escape values there.
 */
export function field(path: string): Field {
  return new Field(path);
}

export type Template =
  | Field
  | string
  | number
  | boolean
  | readonly Template[]
  | { readonly [name: string]: Template };

/** Returns the transformer that fills a template. */
export function inputTransformer(template: Template): InputTransformer {
  const names = new Map<string, string>();
  const nameOf = (path: string) => {
    const name = names.get(path) ?? `v${names.size}`;
    names.set(path, name);
    return name;
  };
  const text = write(template, nameOf);
  if (text.length > MOST_CHARACTERS)
    throw new Error(
      `A template has ${text.length} characters, but EventBridge accepts only ${MOST_CHARACTERS}`,
    );
  return { paths: Object.fromEntries([...names].map(([path, name]) => [name, path])), template: text };
}

function write(template: Template, nameOf: (path: string) => string): string {
  if (template instanceof Field) return `<${nameOf(template.path)}>`;
  if (isList(template)) return `[${template.map((item) => write(item, nameOf)).join(',')}]`;
  if (typeof template === 'object') {
    const fields = Object.entries(template).map(
      ([name, value]) => `${JSON.stringify(name)}:${write(value, nameOf)}`,
    );
    return `{${fields.join(',')}}`;
  }
  if (typeof template === 'string' && /[<>]/.test(template))
    throw new Error('A text in a template must not contain < or >, because EventBridge cannot escape them');
  return JSON.stringify(template);
}

function isList(template: Template): template is readonly Template[] {
  return Array.isArray(template);
}
