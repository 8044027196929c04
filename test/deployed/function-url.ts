/**
 * Where a function URL answers. The emulator gives function URLs the names that AWS gives them, and answers below a path
 * of its own.
 */
export function webhookUrl(url: string): string {
  const emulator = process.env['AWS_ENDPOINT_URL'];
  const [id] = new URL(url).hostname.split('.');
  return emulator === undefined ? url : `${emulator}/_aws/lambda-url/${id}/`;
}
