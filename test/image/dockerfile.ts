/** Reads the Dockerfile, for tests that take its steps by hand: where no image can be built they are taken all the same. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export type Step =
  | { kind: 'WORKDIR'; directory: string }
  | { kind: 'COPY'; stage: string | null; owner: string | null; from: string[]; to: string }
  | { kind: 'RUN'; command: string };

export interface Stage {
  name: string | null;
  base: string;
  steps: Step[];
  environment: Record<string, string>;
  user: string | null;
  healthcheck: string[] | null;
  command: string[];
}

/** Throws at whatever it does not know, so that nothing is left out in silence. */
export function readDockerfile(): Stage[] {
  const text = readFileSync(fromRoot('Dockerfile'), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '');
  const stages: Stage[] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [, instruction = '', rest = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
    if (instruction === 'FROM') {
      const [base = '', , name = null] = rest.split(' ');
      stages.push({ name, base, steps: [], environment: {}, user: null, healthcheck: null, command: [] });
    } else {
      read(stages.at(-1)!, instruction, rest);
    }
  }
  return stages;
}

function read(stage: Stage, instruction: string, rest: string): void {
  switch (instruction) {
    case 'WORKDIR':
      stage.steps.push({ kind: 'WORKDIR', directory: rest });
      break;
    case 'RUN':
      stage.steps.push({ kind: 'RUN', command: rest });
      break;
    case 'COPY': {
      const words = rest.split(' ');
      const flag = (name: string): string | null =>
        words.find((word) => word.startsWith(`--${name}=`))?.split('=')[1] ?? null;
      const paths = words.filter((word) => !word.startsWith('--'));
      stage.steps.push({
        kind: 'COPY',
        stage: flag('from'),
        owner: flag('chown'),
        from: paths.slice(0, -1),
        to: paths.at(-1)!,
      });
      break;
    }
    case 'ENV':
      for (const pair of rest.split(' ')) stage.environment[pair.split('=')[0]!] = pair.split('=')[1]!;
      break;
    case 'USER':
      stage.user = rest;
      break;
    case 'HEALTHCHECK':
      stage.healthcheck = JSON.parse(rest.slice(rest.indexOf('[')));
      break;
    case 'CMD':
      stage.command = JSON.parse(rest);
      break;
    case 'EXPOSE':
      break;
    default:
      throw new Error(`the tests do not know the instruction ${instruction} of the Dockerfile`);
  }
}
