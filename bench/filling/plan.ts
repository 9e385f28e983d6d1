/**
 * The data of the benchmark, as numbers: who has what, derived from an index and from nothing else, so that every run has the same.
 *
 * Fifty agencies in ten districts of five; one agreement a district, as in the Kreis Pinneberg. Each person is known first by one
 * agency, its home, which has ten Laufzettel about it with eight entries each; it has agreed that the four other agencies of the
 * district get six or seven of the eight, and has said one no.
 */
import type { Category } from '../../src/domain/catalogue.ts';

export const AGENCIES = 50;
const DISTRICT = 5;
export const SLIPS_OF_A_PERSON = 10;
export const RECIPIENTS = DISTRICT - 1;

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** What is filled: persons from `first` to before `end`. */
export interface Range {
  first: number;
  end: number;
}

const KINDS = {
  agency: 1,
  agreement: 2,
  person: 3,
  home: 4,
  receiving: 5,
  statement: 6,
  slip: 7,
  entry: 8,
  forwarding: 9,
  disclosure: 10,
  audit: 11,
  webhook: 12,
} as const;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** An id like those of the service (UUIDv7, RFC 9562 §5.7): in the order of the index, so indexes grow as they do in use. */
export function idOf(kind: keyof typeof KINDS, index: number): string {
  const time = hex(1_760_000_000_000 + index, 12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(KINDS[kind], 3)}-8000-${hex(index, 12)}`;
}

export const homeOf = (person: number): number => person % AGENCIES;

/** The other agencies of the home's district; `nth` from 0 to 3. */
export function recipientOf(person: number, nth: number): number {
  const home = homeOf(person);
  return home - (home % DISTRICT) + ((home + 1 + nth) % DISTRICT);
}
export const districtOf = (agency: number): number => Math.floor(agency / DISTRICT);
/** The first of each district is its ARGE. */
export const isPublic = (agency: number): boolean => agency % DISTRICT === 0;

/** The Laufzettel of these persons. */
export const slipsOf = ({ first, end }: Range): Range => ({
  first: first * SLIPS_OF_A_PERSON,
  end: end * SLIPS_OF_A_PERSON,
});

/** Persons are filled in blocks of so many; within one, the Laufzettel about a person are far from each other, as in use. */
export const BLOCK = 1_000;
const SLIPS_OF_A_BLOCK = BLOCK * SLIPS_OF_A_PERSON;

export const personOf = (slip: number): number => Math.floor(slip / SLIPS_OF_A_BLOCK) * BLOCK + (slip % BLOCK);

/** To which of the recipients the generator has forwarded it. */
export const nthOf = (slip: number): number => Math.floor((slip % SLIPS_OF_A_BLOCK) / BLOCK) % RECIPIENTS;

export const receivingHandle = (person: number, nth: number): string => idOf('receiving', person * RECIPIENTS + nth);

/** The eight entries of a Laufzettel. */
export const ENTRY_CATEGORIES: readonly Category[] = [
  'STAMMDATEN',
  'KONTAKT',
  'QUALIFIKATION',
  'WERDEGANG',
  'WERDEGANG',
  'BERUFSWEGEPLANUNG',
  'SPRACHKURS',
  'TERMIN',
];

/** Seven of eight entries, or six: 81 of a hundred. */
export const permittedTo = (person: number, nth: number): readonly Category[] =>
  [...new Set(ENTRY_CATEGORIES)].filter((one) => one !== ((person + nth) % 2 === 0 ? 'TERMIN' : 'WERDEGANG'));

/** Where it stands in its Laufzettel, counted from 0, and which of all entries it is. */
export const entryIndex = (slip: number, place: number): number => slip * ENTRY_CATEGORIES.length + place;

/** About 300 bytes of JSON each, all invented; `index` makes them differ. */
export function payloadOf(place: number, index: number): Record<string, unknown> {
  const number = hex(index, 8);
  const written = `Erfundener Eintrag ${number}, der so lang ist, wie es Einträge im Gebrauch sind: mit Umlauten, Ziffern und Satzzeichen`;
  switch (place) {
    case 0:
      return {
        familienname: `Erfunden-Beispielhausen von und zu ${number}`,
        vorname: `Amira Beispielreich Musterfreude Tagebuch ${number}`,
        geburtsdatum: '1987-03-14',
        geschlecht: 'WEIBLICH',
      };
    case 1:
      return {
        anschrift: {
          strasse: 'Straße der erfundenen Beispiele',
          hausnummer: '12 a',
          zusatz: `Gemeinschaftsunterkunft, drittes Obergeschoss links, Zimmer ${number}`,
          plz: '25421',
          ort: 'Pinneberg',
        },
        telefon: '+49 30 23125 001',
        email: `beispiel-${number}@example.org`,
        kontaktweg: 'NACHRICHT',
      };
    case 2:
      return {
        schulabschluss: 'HOCHSCHULREIFE',
        berufsabschluss: written,
        anerkennungsverfahren: 'BEANTRAGT',
        zeugnisbewertung: 'LIEGT_VOR',
        fuehrerschein: ['B', 'AUSLAENDISCH'],
      };
    case 3:
    case 4:
      return {
        taetigkeit: written,
        branche: `Erfundene Branche ${number} mit langem Namen`,
        von: `201${place}-04-01`,
        bis: `201${place + 3}-09-30`,
        art: 'BESCHAEFTIGUNG',
      };
    case 5:
      return { berufsziel: written, staerken: [`Erfunden und geduldig ${number}`], schritte: [{ was: written }] };
    case 6:
      return {
        kursart: 'INTEGRATIONSKURS',
        traeger: written,
        beginn: '2026-09-01',
        ende: '2027-03-31',
        unterrichtseinheiten: 700,
      };
    default:
      return { art: 'BERATUNG', beginn: '2027-01-12T09:00:00.000Z', ort: written };
  }
}
