/** What an agency may see of what its client said, as lists, and one thing said by its id. */
import { type Answer, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import {
  type Actor,
  type Deps,
  type Position,
  type ReleaseRecord,
  type StatedRecord,
  type StatementRecord,
  sealedAs,
  type WithEvidence,
} from './ports.ts';

export type Shown<T> = T & { evidenceRef: string | null };

const positionOf = (said: StatedRecord): { at: number; id: string } => ({ at: said.recordedAt, id: said.id });

export const showStated =
  ({ vault }: Pick<Deps, 'vault'>) =>
  <T extends StatedRecord>({ evidence, ...said }: WithEvidence<T>): Shown<T> => ({
    ...(said as unknown as T),
    evidenceRef: evidence === null ? null : (vault.open(evidence, sealedAs.evidence(said.id)) as string),
  });

/** One thing said, by whoever knows when it was recorded. */
interface SaidThen {
  clientId: string;
  id: string;
  recordedAt: number;
}

/** More than these are not recorded about one client within a millisecond. */
const MOST_AT_ONCE = 200;
/** Before any id, so that the list begins with what was recorded in the millisecond before the position's. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

const justAfter = ({ recordedAt }: SaidThen): Position => ({ at: recordedAt + 1, id: FIRST_ID });

export async function getStatement(deps: Deps, actor: Actor, said: SaidThen): Promise<Answer<Shown<StatementRecord>>> {
  const found = await deps.consent.statements(actor, said.clientId, justAfter(said), MOST_AT_ONCE);
  const one = found?.find(({ id }) => id === said.id);
  return one === undefined ? notFound('statement') : showStated(deps)<StatementRecord>(one);
}

export async function getRelease(deps: Deps, actor: Actor, said: SaidThen): Promise<Answer<Shown<ReleaseRecord>>> {
  const found = await deps.consent.releases(actor, said.clientId, justAfter(said), MOST_AT_ONCE);
  const one = found?.find(({ id }) => id === said.id);
  return one === undefined ? notFound('release') : showStated(deps)<ReleaseRecord>(one);
}

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
  return 'problem' in page ? page : { ...page, items: page.items.map(showStated(deps)<StatementRecord>) };
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
  return 'problem' in page ? page : { ...page, items: page.items.map(showStated(deps)<ReleaseRecord>) };
}
