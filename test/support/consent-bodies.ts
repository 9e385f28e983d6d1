/** Bodies of requests that tests send again and again; dates are relative to today, so they never expire. */
const day = (offsetDays: number): string => new Date(Date.now() + offsetDays * 86_400_000).toISOString().slice(0, 10);

export const TEXT_HASH = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';

export const yes = (more: Record<string, unknown>): Record<string, unknown> => ({
  decision: 'GIVEN',
  purpose: 'BERATUNG',
  statedAt: day(-1),
  statedBy: 'PERSON',
  ageBand: 'ADULT',
  validFrom: day(-1),
  validUntil: day(180),
  form: 'WRITTEN',
  explicitSpecialCategories: true,
  language: 'de',
  textHash: TEXT_HASH,
  evidenceRef: 'Ordner 1 Blatt 1',
  ...more,
});

export const no = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  decision: 'WITHDRAWN',
  statedAt: new Date().toISOString(),
  statedBy: 'PERSON',
  ageBand: 'ADULT',
  ...more,
});

/** A yes to be confirmed by another agency. */
export const proposalOf = (more: Record<string, unknown>): Record<string, unknown> => {
  const { decision: _given, purpose, ...rest } = yes({});
  return { ...(more.type === 'RELEASE' ? {} : { purpose }), ...rest, ...more };
};
