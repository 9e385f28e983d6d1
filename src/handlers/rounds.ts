/** Rounds, as JSON; rest/round-csv.ts and rest/round-page.ts write them for the desk. */
import type { RoundQuery } from '../contract/rounds.ts';
import { viewRound, viewRoundHeader } from '../contract/view-rounds.ts';
import { viewPage } from '../contract/views.ts';
import * as rounds from '../usecases/rounds.ts';
import { toFilter } from './inputs.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const roundHandlers = ({ deps }: Context) =>
  ({
    listRounds: async (actor, input) => {
      const filter = toFilter(input.query as unknown as RoundQuery);
      return shown(await rounds.listRounds(deps, actor, pageOf(input), filter), viewPage(viewRoundHeader));
    },
    getRound: async (actor, input) => shown(await rounds.getRound(deps, actor, param(input, 'roundId')), viewRound),
  }) satisfies Runs;
