/** Erasing what an agency wrote about its own client. */
import { formatInstant } from '../contract/common.ts';
import { type ErasedClient, eraseClient, erasedBefore } from '../usecases/erase-client.ts';
import { type Context, param, type Runs, shown } from './kit.ts';

const viewErased = ({ erasedAt, ...rest }: ErasedClient) => ({ ...rest, erasedAt: formatInstant(erasedAt) });

export const erasureHandlers = ({ deps }: Context) =>
  ({
    eraseClient: {
      run: async (actor, input) => {
        const { confirm } = input.body as { confirm: boolean };
        return shown(await eraseClient(deps, actor, param(input, 'clientId'), confirm), viewErased);
      },
      replay: async (_actor, effect) => viewErased(erasedBefore(effect)),
    },
  }) satisfies Runs;
