/** What the client says, as her partners' systems record it. */
import { createHash } from 'node:crypto';
import type { Category, Purpose } from '../../domain/catalogue.ts';
import type { ConsentForm } from '../../domain/facts.ts';

const HALF_A_YEAR_MS = 182 * 86_400_000;
const BY_HERSELF = { statedBy: 'PERSON', ageBand: 'ADULT' } as const;

interface Yes {
  recipient: string;
  purpose: Purpose;
  categories: readonly Category[];
  form: ConsentForm;
  /** In her own language, as it was read to her or as she signed it. */
  text: string;
  /** Where the proof is kept. */
  evidenceRef: string;
}

/** A yes of this moment, for half a year. It names one recipient, one purpose, and every category. */
export function yes({ text, ...scope }: Yes): object {
  const now = Date.now();
  return {
    decision: 'GIVEN',
    ...scope,
    ...BY_HERSELF,
    statedAt: new Date(now).toISOString(),
    validFrom: new Date(now).toISOString(),
    validUntil: new Date(now + HALF_A_YEAR_MS).toISOString(),
    explicitSpecialCategories: scope.form !== 'ORAL',
    language: 'ar',
    textHash: createHash('sha256').update(text).digest('hex'),
  };
}

/** A signed sheet with several lines: each a yes of this moment for half a year. */
export function sheet({ text, evidenceRef, lines }: { text: string; evidenceRef: string; lines: object[] }): object {
  const now = Date.now();
  return {
    ...BY_HERSELF,
    statedAt: new Date(now).toISOString(),
    validFrom: new Date(now).toISOString(),
    validUntil: new Date(now + HALF_A_YEAR_MS).toISOString(),
    form: 'WRITTEN',
    language: 'de',
    textHash: createHash('sha256').update(text).digest('hex'),
    evidenceRef,
    lines,
  };
}

/** "Stop everything": it names neither discloser nor recipient, purpose or category, and so means every one. */
export const noToEverything = (): object => ({
  decision: 'WITHDRAWN',
  ...BY_HERSELF,
  statedAt: new Date().toISOString(),
});
