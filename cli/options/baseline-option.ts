import { InvalidArgumentError, Option } from 'commander';
import { type Baseline, BaselineText } from '../../functions/contract/integration.ts';
import { IN_ENGLISH } from '../../functions/contract/parsing.ts';

/** `--baseline`: what the first sync of an integration publishes. */
export function baselineOption(): Option {
  return new Option(
    '--baseline <which>',
    'what the first sync publishes: silent (nothing, the default), publish (everything), or since:DATE (what happened since)',
  ).argParser(parseBaseline);
}

function parseBaseline(text: string): Baseline {
  const parsed = BaselineText.safeParse(text, IN_ENGLISH);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
}
