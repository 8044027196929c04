/**
 * One word of a DynamoDB expression. `name`: an attribute, a keyword or a `#placeholder`. `value`: a
 * `:placeholder`. `mark`: a symbol such as `<=`.
 */
export type Token = { kind: 'name' | 'value' | 'mark'; text: string };

const TOKEN = /\s*(?:(:\w+)|(#\w+|[A-Za-z_]\w*)|(<>|<=|>=|[=<>(),+\-.]))/y;

/** Reads the words of an expression, one after the other. */
export type TokenReader = {
  peek(): Token | undefined;
  /**
   * Consumes the next word and returns true if it is this symbol, or this keyword in upper or lower case.
   * Otherwise returns false.
   */
  accept(text: string): boolean;
  expect(text: string): void;
  take(kind: Token['kind']): string;
};

export function readTokens(expression: string): TokenReader {
  const tokens = tokenize(expression);
  let place = 0;

  const accept = (text: string) => {
    const token = tokens[place];
    if (token === undefined || token.kind === 'value' || token.text.toUpperCase() !== text.toUpperCase()) {
      return false;
    }
    place++;
    return true;
  };
  return {
    peek: () => tokens[place],
    accept,
    expect(text) {
      if (!accept(text)) throw unreadable(expression, `"${text}" expected at word ${place}`);
    },
    take(kind) {
      const token = tokens[place];
      if (token?.kind !== kind) throw unreadable(expression, `a ${kind} expected at word ${place}`);
      place++;
      return token.text;
    },
  };
}

function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(expression);
    if (found === null) throw unreadable(expression, `at ${at}`);
    const [, value, name, mark] = found;
    if (value !== undefined) tokens.push({ kind: 'value', text: value });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
  }
  return tokens;
}

function unreadable(expression: string, where: string): Error {
  return new Error(`the simulated table cannot read the expression "${expression}": ${where}`);
}
