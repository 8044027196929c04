/**
 * Returns the address of a function URL. The emulator serves a function under a path of its endpoint, and not
 * under the host name in the URL.
 */
export function webhookUrl(url: string): string {
  const emulator = process.env['AWS_ENDPOINT_URL'];
  const [id] = new URL(url).hostname.split('.');
  return emulator === undefined ? url : `${emulator}/_aws/lambda-url/${id}/`;
}
