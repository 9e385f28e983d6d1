/**
 * Invented persons for demo, tests and benchmark: the same seed gives the same person, everywhere and for ever.
 *
 * Nobody here is meant. Family names are made from each language's words for "example"; streets are made up, in real
 * towns of the Kreis Pinneberg so that directories have something to find; phone numbers come from the ranges that the
 * Bundesnetzagentur keeps free for films and books (Mitteilung 148/2021, Amtsblatt 7/2021); mail goes to
 * example.org (RFC 2606).
 */
import { createHash } from 'node:crypto';
import type { Category, PayloadOf } from '../../domain/catalogue.ts';

/** A payload for every category, under the category's name in lower case. */
export type InventedPerson = { readonly [C in Category as Lowercase<C>]: PayloadOf<C> };

export interface InventOptions {
  /** The day on which the person is invented, `YYYY-MM-DD`; no clock takes part. */
  today?: string;
  ageBand?: 'UNDER_15' | 'FROM_15_TO_17' | 'ADULT';
}

type Titel = NonNullable<PayloadOf<'AUFENTHALT'>['aufenthaltstitel']>;

const TITLES = {
  asylum: ['GESTATTUNG', 'AUFENTHALTSERLAUBNIS', 'AUFENTHALTSERLAUBNIS', 'DULDUNG', 'UNGEKLAERT', 'OHNE'],
  settled: ['NIEDERLASSUNGSERLAUBNIS', 'AUFENTHALTSERLAUBNIS', 'DAUERAUFENTHALT_EU', 'FIKTIONSBESCHEINIGUNG'],
  ukraine: ['AUFENTHALTSERLAUBNIS'], // § 24 AufenthG
  union: ['FREIZUEGIGKEIT_EU'],
  resettled: ['DEUTSCH', 'AUFENTHALTSERLAUBNIS'],
} as const satisfies Record<string, readonly Titel[]>;

const LATIN = 'LATEINISCHE_SCHRIFT';
const OTHER = 'ANDERE_SCHRIFT';

/** First language, script of the first school, usual titles, given names of women and of men, family names. */
const ORIGINS = [
  ['tr', LATIN, TITLES.settled, 'Ayşe Elif Zeynep Gülcan', 'Mehmet Emre Hakan Yusuf', 'Örnekoğlu Örnekgil Misaloğlu'],
  ['ar', OTHER, TITLES.asylum, 'Rania Samira Hanan Layla', 'Omar Khaled Nabil Tarek', 'Al-Mithal Namudhaji Mithalani'],
  ['kmr', LATIN, TITLES.asylum, 'Berfîn Rojîn Zelal Nesrîn', 'Azad Baran Serhat Welat', 'Mînakzade Nimûneyî Mînakî'],
  [
    'prs',
    OTHER,
    TITLES.asylum,
    'Parwana Shabnam Zohra Fereshta',
    'Farid Rahim Jawad Mirwais',
    'Nemunazada Mesalyar Nemunawal',
  ],
  ['ti', OTHER, TITLES.asylum, 'Selam Feven Luwam Rahwa', 'Filmon Yonas Tesfay Abel', 'Abnetay Mesalaab Abneteab'],
  [
    'uk',
    OTHER,
    TITLES.ukraine,
    'Olena Iryna Kateryna Oksana',
    'Andrij Mykola Taras Dmytro',
    'Prykladenko Zrazkovych Prykladiuk',
  ],
  [
    'ru',
    OTHER,
    TITLES.resettled,
    'Irina Swetlana Lidia Tatjana',
    'Viktor Waldemar Eugen Alexander',
    'Primerow Obraszowski Beispieler',
  ],
  [
    'pl',
    LATIN,
    TITLES.union,
    'Agnieszka Katarzyna Małgorzata Ewa',
    'Piotr Tomasz Krzysztof Marek',
    'Przykładowicz Wzorczyński Przykładek',
  ],
  ['ro', LATIN, TITLES.union, 'Ioana Elena Mihaela Andreea', 'Ion Mihai Florin Radu', 'Exemplescu Pildoianu Modelescu'],
  ['sq', LATIN, TITLES.settled, 'Arta Drita Vjosa Teuta', 'Agim Besnik Dardan Ilir', 'Shembulli Mostraj Shembullaj'],
] as const;

const TOWNS = [
  ['25421', 'Pinneberg'],
  ['25335', 'Elmshorn'],
  ['22880', 'Wedel'],
  ['25436', 'Uetersen'],
  ['25451', 'Quickborn'],
  ['22869', 'Schenefeld'],
  ['25355', 'Barmstedt'],
  ['25462', 'Rellingen'],
] as const;
const STREETS = ['Beispielknick', 'Am Musterredder', 'Laufzettelweg', 'Erfundener Kamp', 'Probierstieg', 'Zum Vorbild'];
/** Berlin and Hamburg: three free digits follow. */
const PHONE_RANGES = ['+49 30 23125', '+49 40 66969'];
const JOBS = [
  'Schneiderei',
  'Küche',
  'Pflegehilfe',
  'Tischlerei',
  'Verkauf',
  'Lager',
  'Reinigung',
  'Elektroinstallation',
];

/** A random generator of 32 bits of state (mulberry32): small, quick, the same on every machine; not for secrets. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class Dice {
  readonly #next: () => number;
  constructor(seed: number) {
    this.#next = mulberry32(seed);
  }
  /** A whole number, both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.#next() * (max - min + 1));
  }
  pick<T>(from: readonly T[]): T {
    return from[this.between(0, from.length - 1)]!;
  }
  chance(of: number): boolean {
    return this.#next() < of;
  }
}

const DAY_MS = 86_400_000;
const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Days of age, well inside the band so that a birthday some months on does not leave it unnoticed. */
const AGE_DAYS = {
  UNDER_15: [7 * 366, 13 * 366],
  FROM_15_TO_17: [15 * 366, 17 * 365],
  ADULT: [19 * 366, 64 * 365],
} as const;

const withoutMarks = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\P{ASCII}/gu, '')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();

/** One text file, as an agency's system would attach it. */
function inventDocument(text: string): PayloadOf<'DOKUMENT'> {
  const bytes = Buffer.from(text, 'utf8');
  return {
    typ: 'BESCHEINIGUNG',
    dateiname: 'teilnahmebescheinigung.txt',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    groesse: bytes.length,
    inhalt: bytes.toString('base64'),
  };
}

/** The paragraph that usually goes with the title; titles without one are not in here. */
const RECHTSGRUNDLAGE: { readonly [titel in Titel]?: string } = {
  AUFENTHALTSERLAUBNIS: '§ 25 AufenthG',
  NIEDERLASSUNGSERLAUBNIS: '§ 9 AufenthG',
  DAUERAUFENTHALT_EU: '§ 9a AufenthG',
  FIKTIONSBESCHEINIGUNG: '§ 81 Abs. 4 AufenthG',
  GESTATTUNG: '§ 55 AsylG',
  DULDUNG: '§ 60a AufenthG',
  FREIZUEGIGKEIT_EU: '§ 2 FreizügG/EU',
};
const LIMITED: readonly Titel[] = ['AUFENTHALTSERLAUBNIS', 'FIKTIONSBESCHEINIGUNG', 'GESTATTUNG', 'DULDUNG'];

function inventAufenthalt(dice: Dice, titel: Titel, today: string): PayloadOf<'AUFENTHALT'> {
  const rechtsgrundlage = RECHTSGRUNDLAGE[titel];
  return {
    aufenthaltstitel: titel,
    ...(rechtsgrundlage && { rechtsgrundlage }),
    ...(LIMITED.includes(titel) && {
      gueltigBis: addDays(today, dice.between(20, 700)),
      erwerbstaetigkeit: dice.pick(['ERLAUBT', 'MIT_ERLAUBNIS']),
      antragLaeuft: dice.chance(0.3),
    }),
  };
}

function inventKontakt(dice: Dice, mailbox: string): PayloadOf<'KONTAKT'> {
  const [plz, ort] = dice.pick(TOWNS);
  return {
    // House numbers beyond any that streets in these towns have.
    anschrift: { strasse: dice.pick(STREETS), hausnummer: String(dice.between(700, 989)), plz, ort },
    telefon: `${dice.pick(PHONE_RANGES)}${String(dice.between(0, 999)).padStart(3, '0')}`,
    email: `${mailbox}@example.org`,
    kontaktweg: dice.pick(['TELEFON', 'NACHRICHT', 'EMAIL', 'BRIEF']),
  };
}

/** Work, courses and plans, in the words of the catalogue. */
function inventPath(dice: Dice, today: string) {
  const job = dice.pick(JOBS);
  const courseBegin = addDays(today, dice.between(20, 90));
  const step = { was: 'Einstufungstest ablegen', wer: 'Kursträger', bis: addDays(today, 30), status: 'OFFEN' as const };
  return {
    qualifikation: {
      schulabschluss: dice.pick(['KEINER', 'ERSTER', 'MITTLERER', 'AUSLAENDISCH_NICHT_BEWERTET']),
      berufsabschluss: `Abschluss im Bereich ${job}`,
      anerkennungsverfahren: dice.pick(['NICHT_BEGONNEN', 'BEANTRAGT', 'TEILWEISE']),
      fuehrerschein: dice.chance(0.4) ? ['B'] : ['AUSLAENDISCH'],
    },
    werdegang: {
      taetigkeit: `Mitarbeit im Bereich ${job}`,
      von: addDays(today, -dice.between(1_500, 3_000)),
      bis: addDays(today, -dice.between(400, 1_400)),
      art: dice.pick(['BESCHAEFTIGUNG', 'PRAKTIKUM', 'AUSBILDUNG']),
    },
    berufswegeplanung: {
      berufsziel: `Ausbildung im Bereich ${job}`,
      zwischenziele: ['Deutsch B1', 'Praktikum'],
      staerken: [dice.pick(['sorgfältig', 'ausdauernd', 'hilfsbereit'])],
      schritte: [step],
    },
    foerderplan: {
      ziele: ['Deutsch B1', `Einstieg im Bereich ${job}`],
      massnahmen: [step],
      zeitrahmen: { von: today, bis: addDays(today, 365) },
      verantwortung: 'Beratungsstelle und Jobcenter gemeinsam',
      ueberpruefungAm: addDays(today, 90),
    },
    sprachkurs: {
      kursart: dice.pick(['INTEGRATIONSKURS', 'ALPHABETISIERUNGSKURS', 'BERUFSSPRACHKURS']),
      berechtigung: dice.pick(['BEANTRAGT', 'BERECHTIGT', 'ZUGELASSEN']),
      beginn: courseBegin,
      ende: addDays(courseBegin, 210),
      unterrichtseinheiten: dice.pick([400, 600, 900]),
      kinderbetreuung: dice.pick(['NICHT_NOETIG', 'NOETIG', 'GESICHERT']),
      fahrtkosten: dice.pick(['BEANTRAGT', 'BEWILLIGT']),
      finanzierung: dice.pick(['BAMF', 'JOBCENTER']),
    },
    massnahme: {
      art: dice.pick(['AKTIVIERUNG', 'WEITERBILDUNG', 'BERUFSVORBEREITUNG']),
      traeger: 'Bildungswerk Beispielknick',
      von: courseBegin,
      bis: addDays(courseBegin, 90),
      ergebnis: 'GEPLANT',
    },
  } satisfies Partial<InventedPerson>;
}

/** What happens around the person; the same for everybody but for the dice. */
function inventCase(dice: Dice, today: string) {
  const appointment = addDays(today, dice.between(3, 25));
  return {
    familie: {
      rolle: dice.pick(['EHEPARTNER', 'KIND', 'ELTERNTEIL', 'GESCHWISTER']),
      betreuungsbedarf: 'STUNDENWEISE',
    },
    leistung: {
      leistungsart: dice.pick(['SGB_II_LEBENSUNTERHALT', 'WOHNGELD', 'KINDERZUSCHLAG']),
      bewilligungVon: addDays(today, -dice.between(10, 150)),
      bewilligungBis: addDays(today, dice.between(10, 200)),
      bescheidOffen: dice.chance(0.3),
      widerspruch: dice.chance(0.1) ? 'EINGELEGT' : 'KEINER',
    },
    termin: {
      art: dice.pick(['ERSTGESPRAECH', 'BERATUNG', 'BEHOERDE']),
      beginn: `${appointment}T09:00:00.000Z`,
      ende: `${appointment}T09:45:00.000Z`,
      ort: 'Beratungsstelle, Raum 2',
      status: dice.pick(['VORGESCHLAGEN', 'VEREINBART']),
    },
    schule: { schulform: dice.pick(['GEMEINSCHAFTSSCHULE', 'BERUFSBILDENDE_SCHULE']), uebergang: 'SCHULE_BERUF' },
    gesundheit: {
      leistungseinschraenkung: [dice.pick(['KEINE', 'HEBEN_TRAGEN', 'SCHICHTARBEIT'])],
      rehaBedarf: dice.pick(['KEINER', 'ZU_KLAEREN']),
    },
    lebenslage: {
      wohnen: dice.pick(['EIGENE_WOHNUNG', 'BEI_ANGEHOERIGEN', 'GEMEINSCHAFTSUNTERKUNFT']),
      schulden: dice.pick(['KEINE', 'VORHANDEN', 'SCHULDNERBERATUNG']),
    },
    beratungsnotiz: { thema: 'Erstgespräch', text: 'Anliegen besprochen.\nUnterlagen werden nachgereicht.' },
    rueckmeldung: {
      ergebnis: dice.pick(['ERLEDIGT', 'TERMIN_VEREINBART']),
      naechsterSchritt: 'Folgetermin vereinbaren',
    },
  } satisfies Partial<InventedPerson>;
}

/** A person with a payload for every category, each valid under the catalogue. `seed` is a whole number from 0 to 2^32 - 1. */
export function inventPerson(seed: number, options: InventOptions = {}): InventedPerson {
  const { today = '2026-11-02', ageBand = 'ADULT' } = options;
  const dice = new Dice(seed);
  const [language, script, titles, female, male, family] = dice.pick(ORIGINS);
  const isFemale = dice.chance(0.5);
  const vorname = dice.pick((isFemale ? female : male).split(' '));
  const familienname = dice.pick(family.split(' '));
  const [youngest, oldest] = AGE_DAYS[ageBand];
  return {
    stammdaten: {
      familienname,
      vorname,
      geburtsdatum: addDays(today, -dice.between(youngest, oldest)),
      geschlecht: isFemale ? 'WEIBLICH' : 'MAENNLICH',
    },
    kontakt: inventKontakt(dice, `${withoutMarks(vorname)}.${withoutMarks(familienname)}.${seed}`),
    sprache: {
      erstsprache: language,
      deutschNiveau: dice.pick(['UNTER_A1', 'A1', 'A2', 'B1']),
      alphabetisiert: script,
      dolmetschbedarf: dice.chance(0.5),
    },
    aufenthalt: inventAufenthalt(dice, dice.pick<Titel>(titles), today),
    ...inventPath(dice, today),
    ...inventCase(dice, today),
    dokument: inventDocument(`Bescheinigung\n\n${vorname} ${familienname} hat an der Beratung teilgenommen.\n`),
  };
}
