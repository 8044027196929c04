/**
 * Returns the address of a function URL. The emulator has the same function URLs as AWS, but serves them
 * under a path of its own address.
 */
export function webhookUrl(url: string): string {
  const emulator = process.env['AWS_ENDPOINT_URL'];
  const [id] = new URL(url).hostname.split('.');
  return emulator === undefined ? url : `${emulator}/_aws/lambda-url/${id}/`;
}
