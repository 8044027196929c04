/** What EventBridge hands to a target instead of the event: variables out of it, put into a template. */
export type InputTransformer = { paths: Record<string, string>; template: string };

/** The most characters of a template. */
const MOST_CHARACTERS = 8192;

/** Stands for a value of the event, as JSON: a text comes with its quotes and escapes. */
export class Field {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

/** A value of the event, where a template takes any JSON. The only way for a text that a person wrote. */
export function field(path: string): Field {
  return new Field(path);
}

/**
 * A text with values of the event in it, such as numbers and times. EventBridge escapes nothing there: a quote in a
 * value would break the message, so titles and names never come this way.
 */
export function sentence(parts: TemplateStringsArray, ...paths: string[]): Sentence {
  return new Sentence([...parts], paths);
}

export class Sentence {
  readonly parts: string[];
  readonly paths: string[];
  constructor(parts: string[], paths: string[]) {
    this.parts = parts;
    this.paths = paths;
  }
}

export type Template =
  | Field
  | Sentence
  | string
  | number
  | boolean
  | readonly Template[]
  | { readonly [name: string]: Template };

/** The transformer that fills a template. */
export function inputTransformer(template: Template): InputTransformer {
  const names = new Map<string, string>();
  const nameOf = (path: string) => {
    const name = names.get(path) ?? `v${names.size}`;
    names.set(path, name);
    return name;
  };
  const text = write(template, nameOf);
  if (text.length > MOST_CHARACTERS) throw new Error(`A template has at most ${MOST_CHARACTERS} characters`);
  return { paths: Object.fromEntries([...names].map(([path, name]) => [name, path])), template: text };
}

function write(template: Template, nameOf: (path: string) => string): string {
  if (template instanceof Field) return `<${nameOf(template.path)}>`;
  if (template instanceof Sentence) {
    const { parts, paths } = template;
    const filled = parts.map(
      (part, at) => escaped(part) + (paths[at] === undefined ? '' : `<${nameOf(paths[at])}>`),
    );
    return `"${filled.join('')}"`;
  }
  if (isList(template)) return `[${template.map((item) => write(item, nameOf)).join(',')}]`;
  if (typeof template === 'object') {
    const fields = Object.entries(template).map(
      ([name, value]) => `${JSON.stringify(name)}:${write(value, nameOf)}`,
    );
    return `{${fields.join(',')}}`;
  }
  if (typeof template === 'string' && /[<>]/.test(template))
    throw new Error('EventBridge cannot escape < and >');
  return JSON.stringify(template);
}

function escaped(part: string): string {
  if (/[<>]/.test(part)) throw new Error('EventBridge cannot escape < and >');
  return JSON.stringify(part).slice(1, -1);
}

function isList(template: Template): template is readonly Template[] {
  return Array.isArray(template);
}
