/** The rounds of a played partner: it looks for what waits for it, and handles each thing once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ThrowAwayExchange } from '../throw-away-exchange.ts';
import type { Character } from './characters.ts';
import { fulfil } from './handling.ts';
import { type PartnerSystem, partnerSystem, Refused } from './partner-system.ts';

/** Well below the rate limit of an agency, with five questions a round. */
const PAUSE_MS = 1_000;

interface Page<Item> {
  items: Item[];
}

type Work = (system: PartnerSystem) => Promise<unknown>;

/** Goes on until it is interrupted. What the exchange refuses is left as it is: the client may have said no meanwhile. */
export async function keepAnswering(
  character: Character,
  exchange: ThrowAwayExchange,
  interrupted: AbortSignal,
): Promise<void> {
  const system = partnerSystem(character.system, exchange, interrupted);
  const own = await system.get<{ id: string }>('/v1/agency');
  const handled = new Set<string>();

  const once = async (key: string, work: Work): Promise<void> => {
    if (handled.has(key)) return;
    handled.add(key);
    await work(system).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
  };

  while (!interrupted.aborted) {
    const { items: agreements } = await system.get<Page<Agreement>>('/v1/agreements?limit=200');
    for (const agreement of agreements) {
      for (const number of unsigned(agreement, own.id)) {
        await once(`${agreement.id} ${number}`, () => sign(system, agreement.id, number));
      }
    }
    const { items: inbox } = await system.get<Page<{ id: string }>>('/v1/inbox?status=SENT&limit=200');
    for (const { id } of inbox) await once(id, () => character.handle(system, id));
    const { items: requests } = await system.get<Page<Parameters<typeof fulfil>[1]>>(
      '/v1/requests?direction=RECEIVED&status=OPEN&limit=200',
    );
    for (const request of requests) await once(request.id, () => fulfil(system, request));
    const { items: owed } = await system.get<Page<{ disclosureId: string }>>('/v1/owed-answers?limit=200');
    for (const { disclosureId } of owed) {
      await once(disclosureId, () => system.post(`/v1/disclosures/${disclosureId}/answer`, { answer: 'ERASED' }));
    }
    await sleep(PAUSE_MS, undefined, { signal: interrupted }).catch(() => {});
  }
}

interface Agreement {
  id: string;
  number: number;
  parties: { agencyId: string; signedAt: string | null; leftAt: string | null }[];
  openAmendment: { number: number; signedBy: string[] } | null;
}

/** Versions that wait for the agency: the one in force or drafted, and the open amendment, whoever proposed it. */
function unsigned({ number, parties, openAmendment }: Agreement, agencyId: string): number[] {
  const isUnsigned = parties.some((party) => party.agencyId === agencyId && party.signedAt === null);
  const lacks = openAmendment !== null && !openAmendment.signedBy.includes(agencyId);
  return [...(isUnsigned ? [number] : []), ...(lacks ? [openAmendment.number] : [])];
}

async function sign(system: PartnerSystem, agreementId: string, number: number): Promise<unknown> {
  const { text } = await system.get<{ text: string }>(`/v1/agreements/${agreementId}/versions/${number}`);
  const signature = await system.sign(text);
  return system.post(`/v1/agreements/${agreementId}/sign`, { number, signature, confirm: true });
}
