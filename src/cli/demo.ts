/** `npm run demo`: the Pinneberg story, played against a fresh service and told on the terminal. */
import { parseArgs } from 'node:util';
import { playDemo } from './demo/play.ts';

const HELP = `Usage: npm run demo -- [--quiet]

Starts an exchange of its own, plays the partners of the Kreis Pinneberg against it over HTTP, checks every
answer, and removes the exchange again. Takes under a minute. All persons are invented.

  --quiet   says nothing but the result and what did not go as told

Exit code 0: everything went as told. 1: something did not. 130: interrupted.
`;

function readArguments(): { help: boolean; quiet: boolean } | null {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' }, quiet: { type: 'boolean' } } });
    return { help: values.help === true, quiet: values.quiet === true };
  } catch {
    return null;
  }
}

const wanted = readArguments();
if (wanted === null || wanted.help) {
  (wanted ? process.stdout : process.stderr).write(HELP);
  process.exitCode = wanted ? 0 : 2;
} else {
  // Leaves at once: a connection that is kept open must not keep the process.
  process.exit(await playDemo(wanted));
}
