const WIDTH = 30;

/**
 * Prints progress. On a terminal, one line is updated. Without a terminal, a line is printed for each tenth.
 */
export function progressBar(total: number, out: NodeJS.WriteStream = process.stderr) {
  const started = performance.now();
  let tenths = 0;
  return {
    show(done: number, suffix: string): void {
      const share = Math.min(1, done / total);
      const rate = (done / ((performance.now() - started) / 1000)).toFixed(0);
      const text = `${done}/${total} seeds, ${rate} a second${suffix}`;
      if (out.isTTY) {
        const filled = Math.round(share * WIDTH);
        out.write(`\r\u001b[2K${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${text}`);
      } else if (Math.floor(share * 10) > tenths) {
        tenths = Math.floor(share * 10);
        out.write(`${text}\n`);
      }
    },
    end(): void {
      if (out.isTTY) out.write('\n');
    },
  };
}
