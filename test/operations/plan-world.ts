/** What the stories of plans share: two agencies that may plan together, a Laufzettel of the kind, a plan on it. */
import type { System } from '../support/both-doors.ts';
import { yes } from '../support/consent-bodies.ts';
import { AGENCY } from '../support/exchange.ts';

export interface Planned {
  planId: string;
  clientId: string;
  laufzettelId: string;
}

export const part = (ziel: string, more: object = {}): object => ({
  category: 'FOERDERPLAN',
  payload: { ziele: [ziel], status: 'OFFEN', ...more },
  secrecy: false,
});

export const sayYesTo = (by: System, clientId: string, recipient: string, more: object = {}) =>
  by.done('recordStatement', {
    params: { clientId },
    body: yes({ recipient, categories: ['FOERDERPLAN'], ...more }),
  });

/** A plan of the ARGE with the Caritas, whom the client lets read it; nothing is proposed yet. */
export async function openPlanWith(
  by: System,
  partner: string = AGENCY.caritas,
  { nameCode = 'FOERDERPLAN', hasConsent = true } = {},
): Promise<Planned> {
  const { id: clientId } = await by.done('createClient', { body: {} });
  if (hasConsent) await sayYesTo(by, clientId, partner);
  const { id: laufzettelId } = await by.done('createLaufzettel', {
    body: { clientId, kind: 'FOERDERPLAN', purpose: 'BERATUNG' },
  });
  const { id: planId } = await by.done('openPlan', { body: { laufzettelId, partner, nameCode } });
  return { planId, clientId, laufzettelId };
}

export const propose = (by: System, planId: string, body: object) =>
  by.call('proposePlanPart', { params: { planId }, body });

/** A proposal of a new part, made. */
export const proposed = (by: System, planId: string, ziel: string, more: object = {}) =>
  by.done('proposePlanPart', { params: { planId }, body: { entry: part(ziel), ...more } });

export const plan = (by: System, planId: string) => by.done('getPlan', { params: { planId } });

export const answer = (
  by: System,
  { planId, id }: { planId: string; id: string },
  body: object = { answer: 'ACCEPT' },
) => by.call('answerPlanProposal', { params: { planId, planProposalId: id }, body });

export const withdraw = (by: System, { planId, id }: { planId: string; id: string }) =>
  by.call('withdrawPlanProposal', { params: { planId, planProposalId: id } });

/** Proposed by the one, read and accepted by the other. */
export async function agreed(by: System, other: System, planId: string, ziel: string, more: object = {}) {
  const proposal = await proposed(by, planId, ziel, more);
  await plan(other, planId);
  const accepted = await answer(other, proposal);
  if (!accepted.ok) throw new Error(accepted.bytes);
  return accepted.value;
}

/** Goals of the parts, in their order. */
export const goals = ({ parts }: { parts: { entry: { payload: { ziele: string[] } } }[] }): string[] =>
  parts.map(({ entry }) => entry.payload.ziele[0]!);
