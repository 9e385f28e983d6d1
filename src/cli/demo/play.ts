/** Sets the stage for a story: an exchange of its own, the partners signed in, an invented client; and cleans up after it. */

import { OperatorError } from '../../domain/operator-error.ts';
import { DEMO_AGENCIES } from '../../embedded/demo-agencies.ts';
import { withThrowAwayExchange } from './exchange.ts';
import { createNarrator, type Narrator, StoryBroke } from './narrator.ts';
import { signIn } from './partner.ts';
import { inventPerson } from './persons.ts';
import { type Cast, tellStory } from './story.ts';

export interface PlayOptions {
  quiet?: boolean;
  /** Another story, or this one with other expectations. */
  story?(cast: Cast): Promise<void>;
}

/** A young woman who speaks Arabic, and whose papers are being sorted out. */
const CLIENT_SEED = 19_957;

const INTRODUCTION = `
Laufzettel: a routing slip that travels between offices, and only what the client agrees to travels with it.

In the Kreis Pinneberg the ARGE (the Jobcenter) and four migration counselling services tell each other about people whom they help. \
This is a play: the partners of the agreement of 2007 are real, but neither run nor endorse this software; the client is invented. \
The software is the real one. It was just started on this machine with an empty database, and everything below is a real request to it.

Each step shows who does what, the request as it went over the wire, the status of the answer, and what the answer says. \
✓ marks what was checked.`;

/** Plays the story and gives the exit code: 0 when everything went as told, 1 when not, 130 when interrupted. */
export async function playDemo({ quiet = false, story = tellStory }: PlayOptions = {}): Promise<number> {
  const interrupted = interruption();
  const narrator = createNarrator({
    write: (text) => void process.stdout.write(text),
    colours: process.stdout.isTTY === true && !process.env.NO_COLOR,
    quiet,
  });
  const complain = (text: string) => void process.stderr.write(`${text}\n`);
  const startedAt = performance.now();
  try {
    narrator.says('Starting an exchange …');
    const { steps, checks } = await withThrowAwayExchange(
      interrupted,
      async ({ url, keysDir }) => {
        const [arge, , diakonie, tgsh] = DEMO_AGENCIES.map((agency) => signIn(url, agency, keysDir, interrupted));
        const today = new Date().toISOString().slice(0, 10);
        const client = inventPerson(CLIENT_SEED, { today });
        narrator.says(INTRODUCTION);
        await story({ arge: await arge!, diakonie: await diakonie!, tgsh: await tgsh!, client, narrator });
        return narrator.end();
      },
      (log) => void process.stderr.write(log.join('')),
    );
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stdout.write(`${quiet ? '' : '\n'}${steps} steps, ${checks} checks, all as told, in ${seconds} seconds.\n`);
    return 0;
  } catch (error) {
    if (interrupted.aborted) {
      complain('Interrupted; the exchange was stopped and removed.');
      return 130;
    }
    if (error instanceof StoryBroke) complain(`Not as told: ${error.message}. What was expected stands above.`);
    else if (error instanceof OperatorError) complain(error.message);
    else complain(`The demo failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  }
}

/** Ctrl-C, a request to end, and a reader that went away (`npm run demo | head`): each ends the story, none leaves anything behind. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt);
  return controller.signal;
}
