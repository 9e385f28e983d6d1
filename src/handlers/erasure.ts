/** Erasing what an agency wrote about its own client. */
import { formatInstant } from '../contract/common.ts';
import { eraseClient } from '../usecases/erase-client.ts';
import { type Context, param, type Runs, shown } from './kit.ts';

export const erasureHandlers = ({ deps }: Context) =>
  ({
    eraseClient: async (actor, input) => {
      const { confirm } = input.body as { confirm: boolean };
      const erased = await eraseClient(deps, actor, param(input, 'clientId'), confirm);
      return shown(erased, ({ erasedAt, ...rest }) => ({ ...rest, erasedAt: formatInstant(erasedAt) }));
    },
  }) satisfies Runs;
