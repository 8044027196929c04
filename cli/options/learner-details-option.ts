import { Option } from 'commander';

/** `--learner-details`, with `--local`: whether events carry names and e-mails. */
export function learnerDetailsOption(): Option {
  return new Option(
    '--learner-details <which>',
    'with --local: whether events carry names and e-mails, which are never stored (default: LEARNER_DETAILS, or omit)',
  ).choices(['omit', 'include']);
}
