/** `npm run sandbox`: an exchange to try one's own system against, with partners that answer by themselves. */
import { parseArgs } from 'node:util';
import { OperatorError } from '../domain/operator-error.ts';
import { DEMO_AGENCIES } from '../embedded/demo-agencies.ts';
import { Interrupted, interruption } from './interruption.ts';
import { CHARACTERS } from './sandbox/characters.ts';
import { keepAnswering } from './sandbox/keep-answering.ts';
import { type ThrowAwayExchange, withThrowAwayExchange } from './throw-away-exchange.ts';

const DEFAULT_PORT = 8090;

const HELP = `Usage: npm run sandbox -- [--port ${DEFAULT_PORT}]

Starts a fresh exchange with the demo network, for as long as it runs: Ctrl-C stops and deletes it with everything in it.
Four of the five partners are played by the sandbox and answer by themselves; you are the ARGE, or an agency of your own.
Use invented clients only.

  --port N   the port on 127.0.0.1; 0 takes a free one

Exit code 0: stopped by Ctrl-C. 1: it could not be started. 2: an option that is not known.
`;

function readArguments(): { help: boolean; port: number } | null {
  try {
    const { values } = parseArgs({
      options: { help: { type: 'boolean', short: 'h' }, port: { type: 'string', default: String(DEFAULT_PORT) } },
    });
    const port = Number(values.port);
    if (!/^\d{1,5}$/.test(values.port) || port > 65_535) return null;
    return { help: values.help === true, port };
  } catch {
    return null;
  }
}

/** For a person at a terminal, who has to find key, address and partners. */
function bannerOf({ url, keysDir }: ThrowAwayExchange): string {
  const partners = CHARACTERS.map(({ system, does }) => {
    const { id, name } = DEMO_AGENCIES.find((one) => one.system === system)!;
    return `  ${id}  ${name}\n      ${does}`;
  });
  return `
  Laufzettel sandbox, running until Ctrl-C; nothing in it is kept.

  In your terminal:

export EXCHANGE=${url} KEYS=${keysDir}

  You are the ARGE (client id arge-pinneberg, key $KEYS/arge-pinneberg.json), or an agency of your own that the admin
  (exchange-admin, $KEYS/exchange-admin.json) admits: docs/integrate.md goes through it step by step.

  Partners that answer by themselves:

${partners.join('\n')}

  All of them sign agreements that name them, and answer ERASED to what has to be stopped.
  API reference  ${url}/docs      GraphQL  ${url}/playground

`;
}

async function run(port: number): Promise<number> {
  const interrupted = interruption();
  const onFailure = (log: readonly string[]) => process.stderr.write(log.join(''));
  try {
    await withThrowAwayExchange({ name: 'sandbox', port, interrupted, onFailure }, async (exchange) => {
      process.stdout.write(bannerOf(exchange));
      await Promise.all(CHARACTERS.map((character) => keepAnswering(character, exchange, interrupted)));
    });
    return 0;
  } catch (error) {
    const reason = interrupted.reason ?? error;
    if (reason instanceof Interrupted) return 0;
    process.stderr.write(
      `${reason instanceof OperatorError ? reason.message : `The sandbox failed: ${reason instanceof Error ? reason.stack : String(reason)}`}\n`,
    );
    return 1;
  }
}

const wanted = readArguments();
if (wanted === null || wanted.help) {
  (wanted ? process.stdout : process.stderr).write(HELP);
  process.exitCode = wanted ? 0 : 2;
} else {
  // Leaves at once: a connection that is kept open must not keep the process.
  process.exit(await run(wanted.port));
}
