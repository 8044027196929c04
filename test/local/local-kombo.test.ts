import { expect, it } from 'vitest';
import { openLocalKombo } from '../../local/local-kombo.ts';

const NOWHERE = '/nowhere';

it("a command on one machine uses Kombo's EU host, or KOMBO_BASE_URL if this environment variable is set", async () => {
  const eu = await openLocalKombo({ KOMBO_API_KEY: 'k' }, NOWHERE);
  expect(eu).toMatchObject({ baseUrl: 'https://api.kombo.dev/v1', school: null });
  const named = await openLocalKombo(
    { KOMBO_API_KEY: 'k', KOMBO_BASE_URL: 'http://127.0.0.1:1/v1/' },
    NOWHERE,
  );
  expect(named.baseUrl).toBe('http://127.0.0.1:1/v1');
});

it('KOMBO_BASE_URL is refused when KOMBO_API_KEY is missing or when its value is not an HTTPS URL', async () => {
  await expect(openLocalKombo({ KOMBO_BASE_URL: 'http://127.0.0.1:1/v1' }, NOWHERE)).rejects.toThrow(
    'KOMBO_API_KEY',
  );
  const wrong = openLocalKombo({ KOMBO_API_KEY: 'k', KOMBO_BASE_URL: 'ftp://kombo' }, NOWHERE);
  await expect(wrong).rejects.toThrow('must be an https address');
});
