/** The page for the person whom it is all about. */
import { viewOwnPage } from '../contract/own-page-view.ts';
import type { Language } from '../domain/languages.ts';
import { getOwnPage } from '../usecases/get-own-page.ts';
import { type Context, param, type Runs, shown } from './kit.ts';

export const ownPageHandlers = ({ deps }: Context) =>
  ({
    getOwnPage: async (actor, input) => {
      const { language } = input.query as { language: Language };
      return shown(await getOwnPage(deps, actor, param(input, 'clientId')), viewOwnPage(language));
    },
  }) satisfies Runs;
