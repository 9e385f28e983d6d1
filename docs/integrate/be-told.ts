/**
 * Prints what your agency is told, as it comes, from the number in AFTER on; as long as it runs, or MANY events.
 *
 *   CLIENT_ID=… KEY=… npx node docs/integrate/be-told.ts
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { accessToken, EXCHANGE } from './sign-in.ts';

const query = 'subscription ($after: String) { events(after: $after) { sequence type data } }';
interface Told {
  events: { sequence: string; type: string; data: Record<string, string> };
}

let after = process.env.AFTER ?? '0';
let left = Number(process.env.MANY ?? Number.POSITIVE_INFINITY);

while (left > 0) {
  const client = createClient({
    url: `${EXCHANGE.replace(/^http/, 'ws')}/graphql`,
    connectionParams: async () => ({ authorization: `Bearer ${await accessToken()}` }),
    retryAttempts: 0, // the library would begin at the same number again
  });
  try {
    for await (const { data, errors } of client.iterate<Told>({ query, variables: { after } })) {
      if (!data) throw errors;
      console.log(data.events.sequence, data.events.type); // do your work with it,
      after = data.events.sequence; // and keep this where it outlives your process
      left -= 1;
      if (left === 0) break;
    }
  } catch (ended) {
    // 4403: your agency is suspended. A list of errors: the request is wrong. Anything else passes: the token has ended (4401),
    // the service stops (1001), the network is gone.
    if (Array.isArray(ended) || (ended as CloseEvent).code === 4403) throw ended;
    await sleep(1_000);
  } finally {
    await client.dispose();
  }
}
