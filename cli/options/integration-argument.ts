import { type Command, InvalidArgumentError } from 'commander';
import { IntegrationId } from '../../functions/contract/integration.ts';
import { IN_ENGLISH } from '../../functions/contract/parsing.ts';

/** A command about one integration, which is its first argument. */
export function addIntegrationArgument(command: Command): Command {
  return command.argument('<integration>', 'id of the Kombo integration', parseIntegrationId);
}

export function parseIntegrationId(text: string): IntegrationId {
  const parsed = IntegrationId.safeParse(text, IN_ENGLISH);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
}
