/** A name with the maximum length of 80 characters, in place of a name that CloudFormation inserts. */
const NAME = 'n'.repeat(80);
const ARN = `arn:aws:service:eu-central-1:123456789012:${NAME}`;
const PSEUDO: Record<string, string> = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * Returns a template in which CloudFormation's functions are replaced by text, so that lengths can be
 * counted.
 */
export function resolved(template: Record<string, unknown>): Record<string, Record<string, unknown>> {
  return JSON.parse(JSON.stringify(template, (_, value) => textOf(value)));
}

/**
 * Returns the text that replaces a function of CloudFormation, or the value itself if it is not a function.
 */
function textOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const [[name, argument] = ['', null], ...others] = Object.entries(value);
  if (others.length > 0) return value;
  if (name === 'Ref')
    return (
      PSEUDO[String(argument)] ??
      (String(argument).startsWith('Ssm') ? ARN : String(argument).slice(0, 80).padEnd(80, 'n'))
    );
  if (name === 'Fn::GetAtt') return ARN;
  if (name === 'Fn::Select') return NAME;
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const [between, parts] = argument;
    return parts.map(textOf).join(between);
  }
  return value;
}
