/** Five agencies with an agreement of their own, so that a suspension or a termination ends nothing of other lanes. */
import { generateClientKey } from '../../src/auth/client-credentials.ts';
import { CATEGORIES, PURPOSES } from '../../src/domain/catalogue.ts';
import { AGENCY_SCOPES } from '../../src/embedded/demo-agencies.ts';
import { signedBody } from '../support/signing.ts';
import { PLACES, type Place } from './history.ts';
import type { Services, System } from './services.ts';
import { systemOf } from './services.ts';

export interface Lane {
  agencies: Readonly<Record<Place, string>>;
  systems: ReadonlyMap<Place | 'admin', System>;
  /** The one in force. */
  agreement: string;
  /** How many codes E has used, or will; an agency may try so many a minute. */
  links: number;
}

/** A call outside every history; anything but success is a fault of the race itself. */
// biome-ignore lint/suspicious/noExplicitAny: a race reads what it expects, and fails when it is not there
export async function plainly(services: Services, by: System, path: string, body?: unknown): Promise<any> {
  for (;;) {
    const response = await fetch(`${services.urls[0]}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await by.token(0)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const answer: any = await response.json();
    if (response.ok) return answer;
    if (response.status !== 503) throw new Error(`${path} was answered by ${response.status} ${answer.code}`);
  }
}

export async function newLane(services: Services, name: string): Promise<Lane> {
  const systems = new Map<Place | 'admin', System>([['admin', services.admin]]);
  const agencies: Partial<Record<Place, string>> = {};
  for (const place of PLACES) {
    const agency = {
      kind: 'BERATUNGSSTELLE',
      name: `Beratungsstelle ${name} ${place}`,
      sponsor: 'Erfundener Verein e.V.',
      publicBody: false,
      legalRegime: 'GDPR_SGB',
    };
    const { id } = await plainly(services, services.admin, '/v1/agencies', agency);
    const { key, jwks } = await generateClientKey('EdDSA');
    const clientId = `race-${name}-${place.toLowerCase()}`;
    const system = { clientId, scopes: AGENCY_SCOPES, jwks };
    await plainly(services, services.admin, `/v1/agencies/${id}/systems`, system);
    agencies[place] = id;
    systems.set(place, systemOf(services.urls, clientId, key));
  }
  const lane = { agencies: agencies as Record<Place, string>, systems, agreement: '', links: 0 };
  return { ...lane, agreement: await newAgreement(services, lane) };
}

/** Gives its id, once everybody has signed. */
export async function newAgreement(services: Services, lane: Pick<Lane, 'agencies' | 'systems'>): Promise<string> {
  const agreement = {
    title: 'Vereinbarung eines Wettlaufs',
    parties: Object.values(lane.agencies),
    purposes: PURPOSES,
    categories: CATEGORIES,
    from: '2026-01-01',
  };
  const { id } = await plainly(services, lane.systems.get('A')!, '/v1/agreements', agreement);
  for (const place of PLACES) {
    const by = lane.systems.get(place)!;
    const signer = { url: services.urls[0], token: await by.token(0) };
    await plainly(services, by, `/v1/agreements/${id}/sign`, await signedBody(signer, id, 1, by.key));
  }
  return id;
}
