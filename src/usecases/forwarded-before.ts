/** The answer to a forwarding that was decided before, rendered from what the audit kept of it and what is seen now. */
import type { Category } from '../domain/catalogue.ts';
import type { Reason } from '../domain/facts.ts';
import type { Answer } from './answer.ts';
import type { Answered } from './answer-forwarding.ts';
import { type Forwarded, type Refused, refusal } from './forward-laufzettel.ts';
import { getLaufzettel } from './laufzettel.ts';
import { toldAs } from './needed-consents.ts';
import type { Actor, Deps, Effect } from './ports.ts';
import { getForwarding } from './read-forwarding.ts';
import { getForwardingHeader } from './step-forwarding.ts';

/** What `forwardLaufzettel` notes: sent, or refused for the reasons of then. */
interface Noted {
  laufzettel: string;
  recipient: string;
  withheld: { entry: string; category: Category; reasons: Reason[] }[];
  /** When it was sent. */
  forwarding: string;
  /** When it was refused. */
  missingCore: Category[];
  because: Refused['because'];
  needed: Refused['needed'];
}

export async function forwardedBefore(deps: Deps, actor: Actor, effect: Effect): Promise<Answer<Forwarded>> {
  const noted = effect.subject as unknown as Noted;
  const withheld = noted.withheld.map(({ entry, category, reasons }) => ({ entryId: entry, category, reasons }));
  if (effect.outcome === 'PERMIT') {
    const shown = await getForwarding(deps, actor, noted.forwarding);
    return 'problem' in shown ? shown : { forwarding: shown, withheld };
  }
  const laufzettel = await getLaufzettel(deps, actor, noted.laufzettel);
  if ('problem' in laufzettel) return laufzettel;
  const { recipient, because, missingCore, needed } = noted;
  return refusal(actor, {
    kind: laufzettel.kind,
    purpose: laufzettel.purpose,
    recipient,
    because,
    missingCore,
    withheld,
    needed: needed.map(toldAs),
  });
}

/** An answer that was given before: with its entries, as the forwarding that carries them was noted, or the step alone. */
export async function answeredBefore(
  deps: Deps,
  actor: Actor,
  effect: Effect,
  forwardingId: string,
): Promise<Answer<Answered>> {
  const sent = effect.action === 'forwarding.step' ? null : await forwardedBefore(deps, actor, effect);
  if (sent !== null && 'problem' in sent) return sent;
  const forwarding = await getForwardingHeader(deps, actor, forwardingId);
  if ('problem' in forwarding) return forwarding;
  return { forwarding, answer: sent?.forwarding ?? null, withheld: sent?.withheld ?? [] };
}
