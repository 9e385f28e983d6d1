/** Opening a plan with another agency. Until something is proposed and disclosed, nobody but its opener knows of it. */
import { dayBerlin } from '../domain/calendar.ts';
import { PLAN_KINDS, type PlanKind, planNameOn } from '../domain/code-lists.ts';
import { MOST_PLANS_OF_LAUFZETTEL } from '../domain/plan.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { type Answer, notFound } from './answer.ts';
import { notOpen } from './end-laufzettel.ts';
import { getLaufzettel } from './laufzettel.ts';
import type { Actor, Deps } from './ports.ts';
import { getPlan, type ShownPlan } from './read-plan.ts';

export interface OpenedPlan {
  laufzettelId: string;
  partner: string;
  nameCode: string;
}

export async function openPlan(
  deps: Deps,
  actor: Actor,
  { laufzettelId, partner, nameCode }: OpenedPlan,
): Promise<Answer<ShownPlan>> {
  const slip = await getLaufzettel(deps, actor, laufzettelId);
  if ('problem' in slip) return slip;
  const key = await deps.clients.key(actor, slip.clientId);
  if (key === null) return notFound('Laufzettel');
  if (!isPlanKind(slip.kind)) {
    return broken('/laufzettelId', `its kind has to be one of ${PLAN_KINDS.join(', ')}`);
  }
  const name = planNameOn(nameCode, slip.kind, dayBerlin(key.at));
  if (name === null) return broken('/nameCode', 'no name for this kind of plan on this day; see GET /v1/code-lists');
  const id = deps.newId();
  const { code, label: nameLabel } = name;
  const opened = { id, laufzettelId, partner, kind: slip.kind, nameCode: code, nameLabel };
  const outcome = await deps.plans.open(actor, { ...opened, most: MOST_PLANS_OF_LAUFZETTEL }, key.at);
  switch (outcome) {
    case 'ok':
      return getPlan(deps, actor, id);
    case 'not-found':
    case 'other-kind':
      return notFound('Laufzettel');
    case 'not-open': {
      const present = await getLaufzettel(deps, actor, laufzettelId);
      return 'problem' in present ? present : notOpen('PLAN', present.status);
    }
    case 'no-partner':
      return broken('/partner', 'must be another agency of this exchange than your own');
    case 'too-many':
      return broken('/laufzettelId', `it has ${MOST_PLANS_OF_LAUFZETTEL} plans of yours already`);
  }
}

const isPlanKind = (kind: string): kind is PlanKind => (PLAN_KINDS as readonly string[]).includes(kind);

const broken = (pointer: string, detail: string): Problem =>
  problem('rule-broken', 'No plan can be opened like this. See errors.', { errors: [{ pointer, detail }] });
