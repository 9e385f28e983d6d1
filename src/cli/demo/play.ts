/** Sets the stage for the story: an exchange of its own, partners who sign in, an invented client; and clears it away. */
import { OperatorError } from '../../domain/operator-error.ts';
import { DEMO_AGENCIES } from '../../embedded/demo-agencies.ts';
import { Interrupted, interruption } from '../interruption.ts';
import { type ThrowAwayExchange, withThrowAwayExchange } from '../throw-away-exchange.ts';
import type { Cast } from './cast.ts';
import { createNarrator, StoryBroke } from './narrator.ts';
import { signIn } from './partner.ts';
import { inventPerson } from './persons.ts';
import { tellStory } from './story.ts';

export interface PlayOptions {
  quiet?: boolean;
  /** Another story, or this one with other expectations. */
  story?(cast: Cast): Promise<void>;
}

/** A young woman who speaks Arabic, and whose papers are not in order yet. */
const CLIENT_SEED = 19_957;
const TRAVELLER_SEED = 19_976;
/** A girl of sixteen who speaks Turkish. */
const YOUTH_SEED = 20_525;

const INTRODUCTION = `
Laufzettel: a routing slip that travels between offices, and only what the client agrees to travels with it.

In the Kreis Pinneberg the ARGE (the Jobcenter) and four migration counselling services tell each other about people they \
help. This is a play about three such cases. The partners exist and signed an agreement in 2007; they neither run nor \
endorse this software. The clients are invented. The software is the real one: it was just started on this machine, with \
an empty database, and every step below is a real request to it.

A step says who does what; then come the request as it went over the wire, the status of the answer, and what the \
answer says. ✓ marks what was checked.`;

/** Plays the story and gives the exit code: 0 when everything went as told, 1 when not, 130 when interrupted. */
export async function playDemo({ quiet = false, story = tellStory }: PlayOptions = {}): Promise<number> {
  const startedAt = performance.now();
  const interrupted = interruption();
  const narrator = createNarrator({
    write: (text) => process.stdout.write(text),
    colours: process.stdout.isTTY === true && !process.env.NO_COLOR,
    quiet,
  });

  async function play(exchange: ThrowAwayExchange): Promise<void> {
    narrator.says(INTRODUCTION);
    const today = new Date().toISOString().slice(0, 10);
    const [client, traveller] = [CLIENT_SEED, TRAVELLER_SEED].map((seed) => inventPerson(seed, { today }));
    const youth = inventPerson(YOUTH_SEED, { today, ageBand: 'FROM_15_TO_17' });
    const partners = await signInPartners(exchange, interrupted);
    await story({ ...partners, client: client!, traveller: traveller!, youth, narrator });
    const { steps, checks } = narrator.end();
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stdout.write(`${quiet ? '' : '\n'}${steps} steps, ${checks} checks, all as told, in ${seconds} seconds.\n`);
  }

  try {
    narrator.says('Starting an exchange …');
    const onFailure = (log: readonly string[]) => process.stderr.write(log.join(''));
    await withThrowAwayExchange({ name: 'demo', port: 0, interrupted, onFailure }, play);
    return 0;
  } catch (error) {
    const { reason } = interrupted;
    process.stderr.write(`${sentenceAbout(reason ?? error)}\n`);
    return reason instanceof Interrupted ? 130 : 1;
  }
}

async function signInPartners({ url, keysDir }: ThrowAwayExchange, interrupted: AbortSignal) {
  const partner = (system: string) => {
    const agency = DEMO_AGENCIES.find((one) => one.system === system)!;
    return signIn(url, agency, keysDir, interrupted);
  };
  const [arge, diakonie, tgsh, caritas, rantzau] = await Promise.all([
    partner('arge-pinneberg'),
    partner('diakonie-pinneberg'),
    partner('tgsh-pinneberg'),
    partner('caritas-pinneberg'),
    partner('kirchenkreis-rantzau'),
  ]);
  return { arge, diakonie, tgsh, caritas, rantzau };
}

function sentenceAbout(error: unknown): string {
  if (error instanceof StoryBroke) return `\nNot as told: ${error.message}. What was expected stands above.`;
  if (error instanceof Interrupted || error instanceof OperatorError) return error.message;
  return `The demo failed: ${error instanceof Error ? error.stack : String(error)}`;
}
