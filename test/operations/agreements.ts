/** What the stories of agreements share: whole terms, amendments, previews, and what has closed. */
import type { Exchange } from '../support/exchange.ts';
import type { Admitted } from './world.ts';

/** What `agree` drafts, whole. */
export const TERMS = {
  title: 'Kooperationsvereinbarung',
  purposes: ['BERATUNG', 'SPRACHFOERDERUNG'],
  categories: ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'FAMILIE', 'GESUNDHEIT', 'BERATUNGSNOTIZ'],
  until: null as string | null,
  turnus: null as string | null,
  daysToRemind: 3,
  daysToAccept: 14,
  daysToAnswer: 28,
  daysToAcknowledge: 14,
};
export const idsOf = (parties: readonly Admitted[]): string[] => parties.map(({ id }) => id);

export const amend = (by: Admitted, agreementId: string, parties: readonly Admitted[], more: object = {}) =>
  by.system.done('amendAgreement', { params: { agreementId }, body: { ...TERMS, parties: idsOf(parties), ...more } });

/** Of the disclosures that are closed now those that the agency made, received or wrote the entry of. */
export async function closedOf(exchange: Exchange, agencyId: string, among: readonly string[]): Promise<string[]> {
  const rows = await exchange.sql(
    `SELECT d.id FROM disclosure d JOIN entry e ON e.id = d.entry_id
     WHERE d.closed_at IS NOT NULL AND d.forwarding_id = ANY ($2) AND $1 IN (d.from_id, d.to_id, e.origin_id) ORDER BY d.id`,
    [agencyId, among],
  );
  return rows.map(({ id }) => id);
}
export const previewOf = async (by: Admitted, agreementId: string, body: object) =>
  by.system.done('previewAgreementChange', { params: { agreementId }, body });
export const idsIn = (preview: { disclosures: { disclosureId: string }[] }): string[] =>
  preview.disclosures.map(({ disclosureId }) => disclosureId).sort();
