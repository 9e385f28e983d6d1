/** What an agency may see of what its client said. */
import { type Answer, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import {
  type Actor,
  type Deps,
  type ReleaseRecord,
  type StatedRecord,
  type StatementRecord,
  sealedAs,
  type WithEvidence,
} from './ports.ts';

type Shown<T> = T & { evidenceRef: string | null };

const positionOf = (said: StatedRecord): { at: number; id: string } => ({ at: said.recordedAt, id: said.id });

const show =
  ({ vault }: Deps) =>
  <T extends StatedRecord>({ evidence, ...said }: WithEvidence<T>): Shown<T> => ({
    ...(said as unknown as T),
    evidenceRef: evidence === null ? null : (vault.open(evidence, sealedAs.evidence(said.id)) as string),
  });

export async function listStatements(
  deps: Deps,
  actor: Actor,
  clientId: string,
  query: PageQuery,
): Promise<Answer<Page<Shown<StatementRecord>>>> {
  const page = await paged<WithEvidence<StatementRecord>>(deps.vault, actor, query, {
    name: `statements:${clientId}`,
    load: (after, most) => deps.consent.statements(actor, clientId, after, most),
    positionOf,
    missing: notFound('client'),
  });
  return 'problem' in page ? page : { ...page, items: page.items.map(show(deps)<StatementRecord>) };
}

export async function listReleases(
  deps: Deps,
  actor: Actor,
  clientId: string,
  query: PageQuery,
): Promise<Answer<Page<Shown<ReleaseRecord>>>> {
  const page = await paged<WithEvidence<ReleaseRecord>>(deps.vault, actor, query, {
    name: `releases:${clientId}`,
    load: (after, most) => deps.consent.releases(actor, clientId, after, most),
    positionOf,
    missing: notFound('client'),
  });
  return 'problem' in page ? page : { ...page, items: page.items.map(show(deps)<ReleaseRecord>) };
}
