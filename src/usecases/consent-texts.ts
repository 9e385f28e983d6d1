/** The papers that an agency has put before its clients. */
import { type Answer, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import { type Actor, type ConsentTextRecord, type Deps, type SealedConsentText, sealedAs } from './ports.ts';

export type ShownConsentText = ConsentTextRecord & { text: string };

export const showConsentText =
  ({ vault }: Pick<Deps, 'vault'>) =>
  ({ sealed, ...paper }: SealedConsentText): ShownConsentText => ({
    ...paper,
    text: vault.open(sealed, sealedAs.consentText(paper.id)) as string,
  });

export async function getConsentText(deps: Deps, actor: Actor, id: string): Promise<Answer<ShownConsentText>> {
  const found = await deps.consentTexts.get(actor, id);
  return found === null ? notFound('consent text') : showConsentText(deps)(found);
}

export async function listConsentTexts(
  deps: Deps,
  actor: Actor,
  clientId: string,
  query: PageQuery,
): Promise<Answer<Page<ShownConsentText>>> {
  const page = await paged<SealedConsentText>(deps.vault, actor, query, {
    name: `consent-texts:${clientId}`,
    load: (after, most) => deps.consentTexts.list(actor, clientId, after, most),
    positionOf: ({ id, createdAt }) => ({ at: createdAt, id }),
    missing: notFound('client'),
  });
  return 'problem' in page ? page : { ...page, items: page.items.map(showConsentText(deps)) };
}
