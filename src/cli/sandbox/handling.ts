/** What a played partner does with a forwarding, and with a request. Its clients say yes to what it sends back. */
import { createHash } from 'node:crypto';
import { type Category, CORE_CATEGORIES, type Kind, type Purpose } from '../../domain/catalogue.ts';
import { inventPerson } from '../demo/persons.ts';
import type { PartnerSystem } from './partner-system.ts';

interface Header {
  id: string;
  from: string;
  clientId: string;
  purpose: Purpose;
  version: number;
}

interface Request {
  id: string;
  from: string;
  clientId: string;
  kind: Kind;
  purpose: Purpose;
}

const HALF_A_YEAR_MS = 182 * 86_400_000;

const read = (system: PartnerSystem, forwardingId: string): Promise<Header> =>
  system.get(`/v1/forwardings/${forwardingId}`);

/** Takes one step from the version that the last one gave. */
const step = (system: PartnerSystem, { id, version }: Header, verb: string, more: object = {}): Promise<Header> =>
  system.post(`/v1/forwardings/${id}/${verb}`, { expectedVersion: version, ...more });

/** The played client agrees at this partner's desk, so that its answer may go. */
async function agree(
  system: PartnerSystem,
  { from, clientId, purpose }: { from: string; clientId: string; purpose: Purpose },
  categories: readonly Category[],
): Promise<void> {
  const now = Date.now();
  await system.post(`/v1/clients/${clientId}/statements`, {
    decision: 'GIVEN',
    recipient: from,
    purpose,
    categories,
    statedAt: new Date(now).toISOString(),
    validFrom: new Date(now).toISOString(),
    validUntil: new Date(now + HALF_A_YEAR_MS).toISOString(),
    statedBy: 'PERSON',
    ageBand: 'ADULT',
    form: 'WRITTEN',
    explicitSpecialCategories: true,
    language: 'de',
    textHash: createHash('sha256').update('Sandbox').digest('hex'),
    evidenceRef: 'Sandbox',
  });
}

/** Accepts, begins, and answers with an outcome that travels back as a forwarding of its own. */
export async function answerIt(system: PartnerSystem, forwardingId: string): Promise<void> {
  const found = await read(system, forwardingId);
  const begun = await step(system, await step(system, found, 'accept'), 'progress');
  await agree(system, found, ['RUECKMELDUNG']);
  const outcome = await system.post<{ id: string }>(`/v1/clients/${found.clientId}/entries`, {
    category: 'RUECKMELDUNG',
    payload: { ergebnis: 'TERMIN_VEREINBART', text: 'Antwort der Sandbox', naechsterSchritt: 'Erstgespräch' },
  });
  await step(system, begun, 'answer', { entryIds: [outcome.id] });
}

export async function rejectIt(system: PartnerSystem, forwardingId: string): Promise<void> {
  await step(system, await read(system, forwardingId), 'reject', { code: 'NO_CAPACITY' });
}

export async function holdIt(system: PartnerSystem, forwardingId: string): Promise<void> {
  const begun = await step(system, await step(system, await read(system, forwardingId), 'accept'), 'progress');
  await step(system, begun, 'hold');
}

export async function leaveIt(): Promise<void> {}

/** Sends what was asked for: a Laufzettel of that kind with an invented person's data. */
export async function fulfil(system: PartnerSystem, { id, from, clientId, kind, purpose }: Request): Promise<void> {
  const core = CORE_CATEGORIES[kind];
  const person = inventPerson(Number.parseInt(id.slice(-6), 16));
  const laufzettel = await system.post<{ id: string }>('/v1/laufzettel', {
    clientId,
    kind,
    purpose,
    entries: core.map((category) => ({
      category,
      payload: person[category.toLowerCase() as Lowercase<Category>],
      secrecy: category === 'FOERDERPLAN' ? false : undefined,
    })),
  });
  await agree(system, { from, clientId, purpose }, core);
  await system.post(`/v1/laufzettel/${laufzettel.id}/forwardings`, { recipient: from, requestId: id });
}
