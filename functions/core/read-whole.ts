/** The maximum size of a decompressed body. AWS's largest response (BatchGetItem) has 16 MB. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Reads a stream to its end and closes it. Throws `tooLong()` when it has more than `most` bytes. */
export async function readWhole(
  stream: AsyncIterable<Uint8Array>,
  tooLong: () => Error = () => new Error('the response is too long'),
  most = MAX_BODY_BYTES,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > most) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
