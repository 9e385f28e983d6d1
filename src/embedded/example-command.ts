/** A line to paste into a terminal that works for a few minutes: it holds a token, so it never passes the logger. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetchToken } from '../auth/client-credentials.ts';
import { readKeyFile } from '../cli/keys.ts';
import { DEMO_AGENCIES } from './demo-agencies.ts';

/** @returns null when the demo network's keys are not there. */
export async function exampleCommand(keysDir: string, publicUrl: string): Promise<string | null> {
  const { system } = DEMO_AGENCIES[1]!;
  const path = join(keysDir, `${system}.json`);
  if (!existsSync(path)) return null;
  const key = await readKeyFile(path);
  const { accessToken } = await fetchToken({ tokenUrl: `${publicUrl}/oauth/token`, clientId: system, key });
  return `curl -H "Authorization: Bearer ${accessToken}" ${publicUrl}/v1/agency`;
}
