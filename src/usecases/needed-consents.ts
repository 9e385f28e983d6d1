/** What is needed for the withheld entries to go, in the discloser's own pseudonyms. */
import type { PersonId } from '../domain/facts.ts';
import type { Needed } from '../domain/needed.ts';
import { neededFor } from '../domain/needed-consents.ts';
import type { DecidedQuestion } from './decide-forwarding.ts';
import type { Actor, Deps } from './ports.ts';

type MemberOf<Line> = Line extends Line ? keyof Line : never;
/** Every line has every member; null: its type has no such member. */
export type ToldNeed = { type: Needed['type']; categories: Needed['categories'] } & Record<MemberOf<Needed>, unknown>;

/** In the order in which they are told, however a line was kept. */
const NONE = {
  type: null,
  categories: null,
  clientId: null,
  discloser: null,
  origin: null,
  recipient: null,
  purpose: null,
  form: null,
  explicitSpecialCategories: null,
  statedBy: null,
  supersedes: null,
  parties: null,
  reason: null,
};

export const toldAs = (line: Needed | ToldNeed): ToldNeed => ({ ...NONE, ...line });

export async function neededOf(deps: Deps, actor: Actor, decided: DecidedQuestion): Promise<Needed[]> {
  const { question, decision, found } = decided;
  const handles = await ownHandles(deps, actor, decided);
  return neededFor(question, found.facts, decision, handles);
}

export async function tellNeeded(deps: Deps, actor: Actor, decided: DecidedQuestion): Promise<ToldNeed[]> {
  return (await neededOf(deps, actor, decided)).map(toldAs);
}

/** On the Laufzettel's person it is known already; on others concerned it is asked for only when something stays. */
async function ownHandles(
  deps: Deps,
  actor: Actor,
  { found, withheld }: DecidedQuestion,
): Promise<Record<PersonId, string | null>> {
  const stays = new Set(withheld.map((one) => one.entryId));
  const concerned = found.entries.filter((entry) => stays.has(entry.id)).flatMap((entry) => entry.concerns);
  const others = [...new Set(concerned)].filter((person) => person !== found.person);
  return {
    [found.person]: found.clientId,
    ...(others.length === 0 ? {} : await deps.clients.handles(actor, others)),
  };
}
