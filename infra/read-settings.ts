import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Token } from 'aws-cdk-lib';
import type * as z from 'zod/mini';
import { IN_ENGLISH } from '../functions/contract/parsing.ts';
import { Settings } from './settings.ts';

/** The message is one line that names the wrong setting. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Reads a file's default export. Throws a SettingsError if it cannot be read, or if a setting is wrong. */
export async function readSettings(file: string): Promise<Settings> {
  let content: unknown;
  try {
    const module: unknown = await import(pathToFileURL(resolve(file)).href);
    content =
      typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new SettingsError(`${file} cannot be read: ${reason}`, { cause });
  }
  return parseSettings(content, file);
}

/** @throws SettingsError that names the file, when a setting is wrong */
export function parseSettings(content: unknown, file: string): Settings {
  return parse(Settings, content, file);
}

/**
 * Parses the properties for which the schema has a field. A token is not checked, because its value is only
 * known during the deployment. Therefore a number cannot be a token: periods and thresholds are computed from it.
 *
 * @param where the construct's path for the error message
 * @throws SettingsError when a property is wrong
 */
export function parseProps<Shape extends z.core.$ZodShape>(
  schema: z.ZodMiniObject<Shape>,
  props: { [Name in keyof Shape]?: unknown },
  where: string,
): z.infer<z.ZodMiniObject<Shape>> {
  const known = Object.entries(props).filter(([name, value]) => name in schema.shape && value !== undefined);
  const tokens = known.filter(([, value]) => hasToken(value));
  const literals = known.filter(([, value]) => !hasToken(value));
  const numbers = tokens.flatMap(([name, value]) => (typeof value === 'number' ? [name] : []));
  if (numbers.length > 0) {
    throw new SettingsError(`${where}: ${numbers.join(', ')}: must be a number, not a token`);
  }
  return { ...parse(schema, Object.fromEntries(literals), where), ...Object.fromEntries(tokens) };
}

function hasToken(value: unknown): boolean {
  return Token.isUnresolved(value) || (Array.isArray(value) && value.some(hasToken));
}

function parse<Output>(schema: z.ZodMiniType<Output>, content: unknown, where: string): Output {
  const parsed = schema.safeParse(content, IN_ENGLISH);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new SettingsError(`${where}: ${wrong.join('; ')}`);
}
