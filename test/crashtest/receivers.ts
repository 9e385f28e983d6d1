/** Where the exchange pushes events: one address for each agency, one of them in order, one of them in bad health. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../support/random.ts';
import { type Received, type Receiver, startReceiver } from '../support/webhook-receiver.ts';

export interface Message {
  headers: Record<string, string>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: as the exchange made it
  body: any;
  /** Places in what happened at this receiver; null: not taken. */
  arrived: number;
  taken: number | null;
}

export interface Health {
  /** How often it answers 500, and how often never. */
  fails: number;
  hangs: number;
}

export interface EventReceiver {
  url: string;
  messages: Message[];
  /** From now on it takes everything. */
  recover(): void;
  close(): Promise<void>;
}

const THINKS_MS = 3;

export async function startEventReceiver(health: Health, random: Random): Promise<EventReceiver> {
  const messages: Message[] = [];
  let place = 0;
  let { fails, hangs } = health;
  const receiver: Receiver = await startReceiver(async ({ headers, text, body }: Received, response) => {
    place += 1;
    const message: Message = { headers, text, body, arrived: place, taken: null };
    messages.push(message);
    if (body.sequence !== undefined && random.chance(hangs)) {
      response.on('close', () => {});
      return;
    }
    const isTaken = body.sequence === undefined || !random.chance(fails);
    await sleep(random.below(THINKS_MS));
    if (isTaken) {
      place += 1;
      message.taken = place;
    }
    response.writeHead(isTaken ? 204 : 500).end();
  });
  return {
    url: receiver.url,
    messages,
    recover() {
      [fails, hangs] = [0, 0];
    },
    close: () => receiver.close(),
  };
}
