/**
 * The one catalogue: every personal field belongs to exactly one category. What is not here cannot be stored and cannot leave.
 */

export const PURPOSES = [
  'BERATUNG',
  'SPRACHFOERDERUNG',
  'BERUFSWEGEPLANUNG',
  'AUFENTHALTSBERATUNG',
  'SOZIALRECHT',
  'SCHULE',
  'TERMIN',
  'FALLBESPRECHUNG',
  'LEISTUNG',
] as const;
export type Purpose = (typeof PURPOSES)[number];

export const CATEGORIES = [
  'STAMMDATEN',
  'KONTAKT',
  'SPRACHE',
  'AUFENTHALT',
  'FAMILIE',
  'LEISTUNG',
  'QUALIFIKATION',
  'WERDEGANG',
  'BERUFSWEGEPLANUNG',
  'FOERDERPLAN',
  'SPRACHKURS',
  'MASSNAHME',
  'TERMIN',
  'SCHULE',
  'GESUNDHEIT',
  'LEBENSLAGE',
  'BERATUNGSNOTIZ',
  'DOKUMENT',
  'RUECKMELDUNG',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** Special categories of Art. 9 GDPR: consent has to be explicit, and written or electronic (R4). */
export const ARTICLE_9_CATEGORIES: readonly Category[] = ['GESUNDHEIT', 'LEBENSLAGE'];

/** Always written under professional secrecy (§ 203 StGB), and so is a DOKUMENT filed under one of them. */
export const ALWAYS_SECRET_CATEGORIES: readonly Category[] = ['BERATUNGSNOTIZ'];

export const KINDS = [
  'FALLMITTEILUNG',
  'LEISTUNGSMITTEILUNG',
  'BERATUNGSANFRAGE',
  'FOERDERPLAN',
  'BERUFSWEGEPLANUNG',
  'SPRACHKURS',
  'TERMIN',
  'FALLBESPRECHUNG',
] as const;
export type Kind = (typeof KINDS)[number];

/** Categories without which a Laufzettel of the kind is pointless and therefore not sent. */
export const CORE_CATEGORIES: Readonly<Record<Kind, readonly Category[]>> = {
  FALLMITTEILUNG: ['STAMMDATEN'],
  LEISTUNGSMITTEILUNG: ['STAMMDATEN', 'LEISTUNG'],
  BERATUNGSANFRAGE: ['STAMMDATEN', 'KONTAKT'],
  FOERDERPLAN: ['FOERDERPLAN'],
  BERUFSWEGEPLANUNG: ['BERUFSWEGEPLANUNG'],
  SPRACHKURS: ['SPRACHE', 'SPRACHKURS'],
  TERMIN: ['TERMIN'],
  FALLBESPRECHUNG: ['STAMMDATEN'],
};
