/**
 * The address of a function URL. The emulator uses the same host names as AWS, and serves them under its own
 * path.
 */
export function webhookUrl(url: string): string {
  const emulator = process.env['AWS_ENDPOINT_URL'];
  const [id] = new URL(url).hostname.split('.');
  return emulator === undefined ? url : `${emulator}/_aws/lambda-url/${id}/`;
}
