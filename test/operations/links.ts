/** Steps of stories about links. */
import type { Exchange } from '../support/exchange.ts';
import type { Admitted } from './world.ts';

export interface Linked {
  /** The redeemer's handle. */
  clientId: string;
  linkId: string;
}

export const issue = (issuer: Admitted, clientId: string, redeemer: Admitted): Promise<{ id: string; code: string }> =>
  issuer.system.done('issueLinkCode', { params: { clientId }, body: { agencyId: redeemer.id } });

export async function redeem(redeemer: Admitted, code: string, clientId?: string): Promise<Linked> {
  const body = { code, ...(clientId === undefined ? {} : { clientId }) };
  const { client, linkId } = await redeemer.system.done('redeemLinkCode', { body });
  return { clientId: client.id, linkId };
}

/** The person carries a code from the one to the other. */
export const link = async (issuer: Admitted, clientId: string, redeemer: Admitted, own?: string): Promise<Linked> =>
  redeem(redeemer, (await issue(issuer, clientId, redeemer)).code, own);

export const unlink = (by: Admitted, clientId: string, linkId: string) =>
  by.system.done('unlinkClient', { params: { clientId, linkId }, body: { confirm: true } });

/** Which of these handles stand for one person, as letters: the same letter, the same person. */
export async function persons(exchange: Exchange, ...handles: string[]): Promise<string> {
  const rows = await exchange.sql('SELECT id, person_id FROM client WHERE id = ANY ($1)', [handles]);
  const personOf = new Map(rows.map((row) => [row.id, row.person_id]));
  const seen: string[] = [];
  return handles
    .map((handle) => {
      const person = personOf.get(handle);
      if (!seen.includes(person)) seen.push(person);
      return 'abcdefgh'[seen.indexOf(person)];
    })
    .join('');
}

/** What an agency was told about links, without what it was told of forwardings and of what the person has said. */
export const toldOfLinks = async (
  exchange: Exchange,
  agency: { id: string },
): Promise<{ type: string; subject: object }[]> =>
  exchange.sql(
    `SELECT type, subject FROM event WHERE agency_id = $1 AND (type LIKE 'client.%' AND type <> 'client.changed' OR type = 'forwarding.client-changed') ORDER BY at, id`,
    [agency.id],
  );
