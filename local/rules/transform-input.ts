import type { InputTransformer } from '../../consumers/deploy/input-transformer.ts';

/**
 * What a target gets of an event, as EventBridge fills a template: outside quotes a value comes as JSON, inside quotes
 * as it is, unescaped; what is not there leaves nothing behind.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function transformInput({ paths, template }: InputTransformer, event: unknown): string {
  let isQuoted = false;
  return template.replaceAll(/\\.|"|<([^<>]+)>/g, (found, name: string | undefined) => {
    if (found === '"') isQuoted = !isQuoted;
    if (name === undefined) return found;
    const path = paths[name];
    const value = path === undefined ? undefined : valueAt(event, path);
    if (value === undefined) return '';
    if (!isQuoted) return JSON.stringify(value);
    return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '');
  });
}

/** A value by EventBridge's JSON path: dots only. */
function valueAt(event: unknown, path: string): unknown {
  return path
    .replace(/^\$\.?/, '')
    .split('.')
    .reduce((value: unknown, name) => (isObject(value) ? value[name] : undefined), event);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
