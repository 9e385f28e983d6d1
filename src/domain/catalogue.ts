/**
 * The one catalogue: every personal field belongs to exactly one category. What is not here cannot be stored and cannot leave.
 *
 * It is plain data. The contract builds its schemas from it, `docs/catalogue.md` is printed from it. Four things it leaves out
 * on purpose, and code lists leave no back door to them: amounts of money, diagnoses, whether somebody kept an
 * appointment, and anything that a sanction (§§ 31 to 32 SGB II) could be founded on.
 *
 * Whom an entry is about is not part of its payload; it is the entry's `concerns`.
 */
import type { Fields, RecordOf, RecordShape } from './fields.ts';

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

/** Under professional secrecy unless the author says otherwise (marks.ts). */
export const USUALLY_SECRET_CATEGORIES: readonly Category[] = ['FOERDERPLAN', 'LEBENSLAGE'];

/** The residence guard (R7; §§ 87, 88 AufenthG) follows from the payload, and for a DOKUMENT filed under it from its author. */
export const GUARDED_CATEGORIES: readonly Category[] = ['AUFENTHALT'];

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

/** The Laufzettel kinds that are not sent without that category. */
export function coreOf(category: Category): Kind[] {
  return KINDS.filter((kind) => CORE_CATEGORIES[kind].includes(category));
}

/**
 * Common European Framework of Reference (GER). ALPHA: learning to read and write in Latin script; UNTER_A1: reads and
 * writes, but speaks no German that could be placed yet.
 */
export const GER_LEVELS = ['ALPHA', 'UNTER_A1', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2'] as const;

/** OHNE and UNGEKLAERT guard at once, DULDUNG from `gueltigBis` (marks.ts). A code added here must be weighed there. */
export const AUFENTHALTSTITEL = [
  'DEUTSCH', // no title needed: Art. 116 GG, § 4 StAG, § 4 BVFG (Spätaussiedler)
  'FREIZUEGIGKEIT_EU', // § 2 FreizügG/EU: citizens of the EU, the EEA and Switzerland
  'AUFENTHALTSKARTE_EU', // § 5 FreizügG/EU: members of their families
  'AUFENTHALTSDOKUMENT_GB', // § 16 FreizügG/EU: the withdrawal agreement with the United Kingdom
  'VISUM', // § 6 AufenthG
  'AUFENTHALTSERLAUBNIS', // § 7 AufenthG
  'BLAUE_KARTE_EU', // § 18g AufenthG
  'ICT_KARTE', // §§ 19, 19b AufenthG
  'NIEDERLASSUNGSERLAUBNIS', // § 9 AufenthG
  'DAUERAUFENTHALT_EU', // § 9a AufenthG
  'FIKTIONSBESCHEINIGUNG', // § 81(3) to (5) AufenthG
  'ANKUNFTSNACHWEIS', // § 63a AsylG
  'GESTATTUNG', // Aufenthaltsgestattung, § 55 AsylG
  'DULDUNG', // §§ 60a to 60d AufenthG: removal suspended, the duty to leave stands
  'OHNE', // none, also with a Grenzübertrittsbescheinigung (§ 50 AufenthG)
  'UNGEKLAERT', // not known yet; treated like OHNE
] as const;

/** Steps of a joint document. Nobody is named: who acts is an agency or a function. */
const SCHRITTE = {
  was: { type: 'text', max: 300, required: true, description: 'What is to be done' },
  wer: { type: 'text', max: 120, description: 'Who does it: the client, an agency or a function' },
  bis: { type: 'date', description: 'By when' },
  zustaendig: {
    type: 'code',
    codes: ['PERSON', 'JOBCENTER', 'BERATUNGSSTELLE', 'ANDERE_STELLE', 'GEMEINSAM'],
    description: 'Whose it is: the client, an agency, several together',
  },
  status: { type: 'code', codes: ['OFFEN', 'LAEUFT', 'ERLEDIGT', 'ENTFALLEN'], description: 'How far it is' },
} as const satisfies Fields;

/** Of a part of a joint document as a whole. A part that is dropped stays where it is, as ENTFALLEN. */
const TEIL = {
  zustaendig: {
    ...SCHRITTE.zustaendig,
    description: 'Who is in charge of this part: the client, an agency, several together',
  },
  status: { ...SCHRITTE.status, description: 'How far this part of the plan is; ENTFALLEN takes it out' },
} as const satisfies Fields;

/** Whether a cost or a service is needed and granted. Never how much. */
const BEWILLIGUNG = ['NICHT_NOETIG', 'NOETIG', 'BEANTRAGT', 'BEWILLIGT', 'ABGELEHNT'] as const;

export const MAX_DOCUMENT_BYTES = 512 * 1024;

export interface CategoryDefinition extends RecordShape {
  /** What the category is for, one line. */
  readonly description: string;
  /** Entries of it are the parts of a document that two agencies write together. */
  readonly jointDocument?: true;
  /** It says something about others too: each of them belongs in the entry's `concerns`. */
  readonly concernsOthers?: true;
}

export const CATALOGUE = {
  STAMMDATEN: {
    description: 'Who the client is',
    fields: {
      // People with one name only have it entered as family name, as passports do (ICAO Doc 9303); so vorname may be missing.
      familienname: { type: 'name', max: 120, required: true, description: 'Family name, or the only name' },
      vorname: { type: 'name', max: 120, description: 'Given names' },
      geburtsdatum: { type: 'date', description: 'Date of birth as in the papers' },
      // § 22(3) PStG
      geschlecht: {
        type: 'code',
        codes: ['WEIBLICH', 'MAENNLICH', 'DIVERS', 'OHNE_ANGABE'],
        description: 'Sex as registered, or none',
      },
    },
  },
  KONTAKT: {
    description: 'How the client can be reached',
    fields: {
      anschrift: {
        type: 'record',
        description: 'Postal address in Germany',
        fields: {
          strasse: { type: 'name', max: 120, description: 'Street' },
          hausnummer: { type: 'name', max: 20, description: 'House number' },
          zusatz: { type: 'text', max: 120, description: 'Addition: accommodation, floor' },
          plz: { type: 'postcode', description: 'Postcode' },
          ort: { type: 'name', max: 120, required: true, description: 'Town or village (Gemeinde)' },
        },
      },
      telefon: { type: 'phone', description: 'Phone number' },
      email: { type: 'email', description: 'E-mail address' },
      kontaktweg: {
        type: 'code',
        codes: ['TELEFON', 'NACHRICHT', 'EMAIL', 'BRIEF', 'PERSOENLICH'],
        description: 'The way the client wishes to be reached',
      },
    },
  },
  SPRACHE: {
    description: 'Languages and literacy',
    fields: {
      erstsprache: { type: 'language', description: 'First language' },
      deutschNiveau: { type: 'code', codes: GER_LEVELS, description: 'Level of German (GER)' },
      // § 13(1) IntV: courses for people who cannot read and write sufficiently, or only in another script
      alphabetisiert: {
        type: 'code',
        codes: ['LATEINISCHE_SCHRIFT', 'ANDERE_SCHRIFT', 'NICHT'],
        description: 'Reads and writes in Latin script, in another one, or not',
      },
      dolmetschbedarf: { type: 'boolean', description: 'Whether an interpreter is needed' },
    },
  },
  AUFENTHALT: {
    description: 'Residence status; under the residence guard (R7)',
    fields: {
      aufenthaltstitel: { type: 'code', codes: AUFENTHALTSTITEL, description: 'Residence title or what stands for it' },
      rechtsgrundlage: {
        type: 'text',
        max: 100,
        description: 'Paragraph on which it stands, such as § 25(2) AufenthG',
      },
      gueltigBis: { type: 'date', description: 'Last day printed on the paper' },
      // § 4a AufenthG, § 32 BeschV, § 61 AsylG
      erwerbstaetigkeit: {
        type: 'code',
        codes: ['ERLAUBT', 'MIT_ERLAUBNIS', 'NICHT_ERLAUBT', 'UNGEKLAERT'],
        description: 'Whether the client may work, or with a permit only',
      },
      // §§ 12, 12a, 61 AufenthG, § 60 AsylG
      wohnsitzauflage: {
        type: 'code',
        codes: ['KEINE', 'LAND', 'KREIS', 'GEMEINDE', 'UNTERKUNFT', 'UNGEKLAERT'],
        description: 'How far the client is bound to a place of residence',
      },
      antragLaeuft: { type: 'boolean', description: 'Whether an application for a title or its extension is pending' },
    },
  },
  FAMILIE: {
    description: 'One family tie; the persons it names stand in `concerns`',
    concernsOthers: true,
    fields: {
      rolle: {
        type: 'code',
        codes: [
          'EHEPARTNER',
          'LEBENSPARTNER',
          'KIND',
          'ELTERNTEIL',
          'GESCHWISTER',
          'GROSSELTERNTEIL',
          'ENKELKIND',
          'VORMUND',
          'MUENDEL',
          'SONSTIGE',
        ],
        required: true,
        description: 'What the other persons in `concerns` are to the client',
      },
      betreuungsbedarf: {
        type: 'code',
        codes: ['KEINER', 'STUNDENWEISE', 'HALBTAGS', 'GANZTAGS', 'UNGEKLAERT'],
        description: 'How much care the tie asks for',
      },
      // §§ 1626, 1626a, 1671, 1773, 1809 BGB
      sorgerecht: {
        type: 'code',
        codes: ['GEMEINSAM', 'ALLEIN', 'ANDERER_ELTERNTEIL', 'VORMUNDSCHAFT', 'ERGAENZUNGSPFLEGSCHAFT', 'UNGEKLAERT'],
        description: 'Who has custody of the child',
      },
    },
  },
  LEISTUNG: {
    description: 'One social benefit; no amounts',
    inOrder: [['bewilligungVon', 'bewilligungBis']],
    fields: {
      // Named by the law, for names of benefits change more often than their paragraphs.
      leistungsart: {
        type: 'code',
        codes: [
          'SGB_II_LEBENSUNTERHALT', // §§ 19 to 23 SGB II: Bürgergeld, before that Arbeitslosengeld II
          'SGB_II_EINGLIEDERUNG', // §§ 16 to 16k SGB II
          'SGB_II_BILDUNG_TEILHABE', // § 28 SGB II
          'SGB_III_ARBEITSLOSENGELD', // § 136 SGB III
          'SGB_III_AUSBILDUNGSBEIHILFE', // § 56 SGB III
          'SGB_XII_LEBENSUNTERHALT', // § 27 SGB XII
          'SGB_XII_GRUNDSICHERUNG', // § 41 SGB XII
          'ASYLBLG', // §§ 2, 3 AsylbLG
          'WOHNGELD', // WoGG
          'KINDERGELD', // EStG, BKGG
          'KINDERZUSCHLAG', // § 6a BKGG
          'ELTERNGELD', // BEEG
          'UNTERHALTSVORSCHUSS', // UhVorschG
          'BAFOEG', // BAföG
          'SONSTIGE',
        ],
        required: true,
        description: 'Kind of benefit',
      },
      bewilligungVon: { type: 'date', description: 'First day for which it is granted' },
      bewilligungBis: { type: 'date', description: 'Last day for which it is granted' },
      bescheidOffen: { type: 'boolean', description: 'Whether a decision is still to come' },
      // §§ 78, 83 to 85, 87 SGG
      widerspruch: {
        type: 'code',
        codes: ['KEINER', 'EINGELEGT', 'ABGEHOLFEN', 'ZURUECKGEWIESEN', 'KLAGE'],
        description: 'Whether the decision is contested',
      },
    },
  },
  QUALIFIKATION: {
    description: 'School, profession, and their recognition',
    fields: {
      schulabschluss: {
        type: 'code',
        codes: [
          'KEINER',
          'ERSTER',
          'MITTLERER',
          'FACHHOCHSCHULREIFE',
          'HOCHSCHULREIFE',
          'AUSLAENDISCH_NICHT_BEWERTET',
          'NOCH_IN_DER_SCHULE',
        ],
        description: 'Highest school certificate',
      },
      berufsabschluss: {
        type: 'text',
        max: 200,
        description: 'Professional or academic qualification and its country',
      },
      // BQFG and the laws of the professions; § 16d AufenthG
      anerkennungsverfahren: {
        type: 'code',
        codes: ['NICHT_NOETIG', 'NICHT_BEGONNEN', 'BEANTRAGT', 'TEILWEISE', 'VOLL', 'ABGELEHNT'],
        description: 'How far recognition of the profession is; TEILWEISE: adaptation still needed',
      },
      // Statement of Comparability of the Zentralstelle für ausländisches Bildungswesen
      zeugnisbewertung: {
        type: 'code',
        codes: ['NICHT_NOETIG', 'NICHT_BEGONNEN', 'BEANTRAGT', 'LIEGT_VOR'],
        description: 'How far the evaluation of certificates is',
      },
      // § 6 FeV; § 31 FeV for foreign licences
      fuehrerschein: {
        type: 'list',
        max: 10,
        of: { type: 'code', codes: ['AM', 'A1', 'A2', 'A', 'B', 'BE', 'C1', 'C', 'CE', 'D', 'T', 'L', 'AUSLAENDISCH'] },
        description: 'Driving licences; AUSLAENDISCH: one that is not converted yet',
      },
    },
  },
  WERDEGANG: {
    description: 'One station of working life',
    inOrder: [['von', 'bis']],
    fields: {
      taetigkeit: { type: 'text', max: 200, required: true, description: 'What the client did' },
      branche: { type: 'text', max: 120, description: 'Line of business' },
      von: { type: 'date', description: 'Begin; the first of the month when the day is not known' },
      bis: { type: 'date', description: 'End; missing while it lasts' },
      art: {
        type: 'code',
        codes: ['BESCHAEFTIGUNG', 'SELBSTAENDIG', 'AUSBILDUNG', 'STUDIUM', 'PRAKTIKUM', 'EHRENAMT', 'FAMILIENARBEIT'],
        description: 'Kind of work',
      },
    },
  },
  BERUFSWEGEPLANUNG: {
    description: 'A part of the jointly written career plan',
    jointDocument: true,
    fields: {
      berufsziel: { type: 'text', max: 300, description: 'The occupation aimed at' },
      zwischenziele: { type: 'list', max: 10, of: { type: 'text', max: 300 }, description: 'Goals on the way' },
      staerken: { type: 'list', max: 10, of: { type: 'text', max: 200 }, description: 'Strengths' },
      schritte: { type: 'list', max: 30, of: { type: 'record', fields: SCHRITTE }, description: 'Steps agreed on' },
      ...TEIL,
    },
  },
  FOERDERPLAN: {
    description: 'A part of the jointly written support plan',
    jointDocument: true,
    fields: {
      ziele: { type: 'list', max: 10, of: { type: 'text', max: 300 }, description: 'Goals' },
      massnahmen: {
        type: 'list',
        max: 30,
        of: { type: 'record', fields: SCHRITTE },
        description: 'Measures agreed on',
      },
      zeitrahmen: {
        type: 'record',
        description: 'Time frame',
        fields: {
          von: { type: 'date', description: 'First day' },
          bis: { type: 'date', description: 'Last day' },
        },
        inOrder: [['von', 'bis']],
      },
      verantwortung: { type: 'text', max: 200, description: 'Agency or function in charge' },
      ueberpruefungAm: { type: 'date', description: 'Day on which the plan is looked at again' },
      ergebnis: { type: 'longText', max: 4_000, description: 'What came of it' },
      ...TEIL,
    },
  },
  SPRACHKURS: {
    description: 'A language course: wish, place, funding; no amounts',
    inOrder: [['beginn', 'ende']],
    fields: {
      kursart: {
        type: 'code',
        codes: [
          'INTEGRATIONSKURS', // § 43 AufenthG, §§ 10 to 12 IntV
          'ALPHABETISIERUNGSKURS', // § 13(1) IntV
          'ZWEITSCHRIFTKURS', // § 13(1) IntV
          'JUGENDINTEGRATIONSKURS', // § 13(1) IntV
          'FRAUEN_ELTERNKURS', // § 13(1) IntV
          'FOERDERKURS', // § 13(1) IntV
          'INTENSIVKURS', // § 13(2) IntV
          'ORIENTIERUNGSKURS', // § 12 IntV
          'BERUFSSPRACHKURS', // § 45a AufenthG, DeuFöV
          'ERSTORIENTIERUNGSKURS', // courses of the BAMF for people seeking asylum
          'LANDESKURS', // courses of a Land or a municipality
          'SONSTIGER',
        ],
        required: true,
        description: 'Kind of course',
      },
      // §§ 44, 44a AufenthG, §§ 4 to 6 IntV
      berechtigung: {
        type: 'code',
        codes: ['KEINE', 'BEANTRAGT', 'BERECHTIGT', 'ZUGELASSEN', 'VERPFLICHTET', 'UNGEKLAERT'],
        description: 'Right to take part',
      },
      traeger: { type: 'text', max: 200, description: 'Course provider' },
      beginn: { type: 'date', description: 'First day' },
      ende: { type: 'date', description: 'Last day' },
      unterrichtseinheiten: { type: 'integer', min: 1, max: 2_000, description: 'Lessons of 45 minutes' },
      kinderbetreuung: {
        type: 'code',
        codes: ['NICHT_NOETIG', 'NOETIG', 'GESICHERT'],
        description: 'Child care during the course',
      },
      fahrtkosten: { type: 'code', codes: BEWILLIGUNG, description: 'Grant for travel; never the amount' },
      // § 17 IntV
      pruefung: {
        type: 'code',
        codes: ['KEINE', 'ANGEMELDET', 'ALPHA', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2', 'LEBEN_IN_DEUTSCHLAND'],
        description: 'Examination: signed up, or the level certified',
      },
      finanzierung: {
        type: 'code',
        codes: ['BAMF', 'JOBCENTER', 'AGENTUR_FUER_ARBEIT', 'LAND', 'KOMMUNE', 'TRAEGER', 'SELBST', 'UNGEKLAERT'],
        description: 'Who pays for it',
      },
    },
  },
  MASSNAHME: {
    description: 'One measure of labour promotion',
    inOrder: [['von', 'bis']],
    fields: {
      art: {
        type: 'code',
        codes: [
          'AKTIVIERUNG', // § 45 SGB III
          'BERUFSVORBEREITUNG', // § 51 SGB III
          'EINSTIEGSQUALIFIZIERUNG', // § 54a SGB III
          'ASSISTIERTE_AUSBILDUNG', // § 74 SGB III
          'WEITERBILDUNG', // § 81 SGB III
          'EINGLIEDERUNGSZUSCHUSS', // § 88 SGB III
          'EXISTENZGRUENDUNG', // §§ 16b, 16c SGB II, § 93 SGB III
          'ARBEITSGELEGENHEIT', // § 16d SGB II
          'TEILHABE_AM_ARBEITSMARKT', // §§ 16e, 16i SGB II
          'GANZHEITLICHE_BETREUUNG', // § 16k SGB II
          'SONSTIGE',
        ],
        required: true,
        description: 'Kind of measure',
      },
      traeger: { type: 'text', max: 200, description: 'Provider' },
      von: { type: 'date', description: 'First day' },
      bis: { type: 'date', description: 'Last day' },
      // ANDERS_BEENDET says neither by whom nor why: it could found a sanction (§ 31(1) no. 3 SGB II).
      ergebnis: {
        type: 'code',
        codes: [
          'GEPLANT',
          'LAEUFT',
          'ABGESCHLOSSEN',
          'IN_ARBEIT_VERMITTELT',
          'IN_AUSBILDUNG_VERMITTELT',
          'ANDERS_BEENDET',
        ],
        description: 'How it stands or ended',
      },
    },
  },
  TERMIN: {
    description: 'One appointment; whether it was kept is never said',
    inOrder: [['beginn', 'ende']],
    fields: {
      art: {
        type: 'code',
        codes: [
          'ERSTGESPRAECH',
          'BERATUNG',
          'FALLBESPRECHUNG',
          'BEHOERDE',
          'EINSTUFUNGSTEST',
          'PRUEFUNG',
          'KURSBEGINN',
          'VORSTELLUNGSGESPRAECH',
          'SONSTIGER',
        ],
        description: 'What it is for',
      },
      beginn: { type: 'instant', required: true, description: 'Begin' },
      ende: { type: 'instant', description: 'End' },
      ort: { type: 'text', max: 200, description: 'Place, or how to dial in' },
      dolmetscher: { type: 'code', codes: ['NICHT_NOETIG', 'NOETIG', 'BESTELLT'], description: 'Interpreter' },
      // No "took place" either: its absence would say that the client did not appear (§ 32 SGB II).
      status: {
        type: 'code',
        codes: ['VORGESCHLAGEN', 'VEREINBART', 'VERLEGT', 'ABGESAGT'],
        description: 'How it stands',
      },
    },
  },
  SCHULE: {
    description: 'School of a child or youth',
    fields: {
      // Förderzentrum is left out: it would tell of a disability outside the Art. 9 categories.
      schulform: {
        type: 'code',
        codes: [
          'KINDERTAGESSTAETTE',
          'GRUNDSCHULE',
          'GEMEINSCHAFTSSCHULE',
          'GYMNASIUM',
          'DAZ_ZENTRUM',
          'BERUFSBILDENDE_SCHULE',
          'ABENDSCHULE',
          'SONSTIGE',
        ],
        description: 'Kind of school (Schleswig-Holstein; DAZ: German as a second language)',
      },
      klasse: { type: 'text', max: 20, description: 'Year or class' },
      uebergang: {
        type: 'code',
        codes: ['KEINER', 'EINSCHULUNG', 'KLASSENWECHSEL', 'SCHULWECHSEL', 'WEITERFUEHRENDE_SCHULE', 'SCHULE_BERUF'],
        description: 'The transition that is ahead',
      },
      stichwort: { type: 'text', max: 200, description: 'What it is about, in a few words' },
      ansprechstelle: { type: 'text', max: 200, description: 'Office at the school to turn to, not a person' },
    },
  },
  GESUNDHEIT: {
    description: 'What the client can and cannot do at work; codes only, so that no diagnosis can be written down',
    fields: {
      // § 8 SGB II: able to work is who can do so for three hours a day
      leistungseinschraenkung: {
        type: 'list',
        max: 14,
        of: {
          type: 'code',
          codes: [
            'KEINE',
            'HEBEN_TRAGEN',
            'STEHEN_GEHEN',
            'SITZEN',
            'HAENDE',
            'SEHEN',
            'HOEREN',
            'SPRECHEN',
            'KONZENTRATION',
            'BELASTUNG',
            'SCHICHTARBEIT',
            'ARBEITSWEG',
            'UNTER_3_STUNDEN',
            'UNTER_6_STUNDEN',
          ],
        },
        description: 'What is limited, in functional terms; UNTER_n_STUNDEN: working hours a day',
      },
      // SGB VI, SGB IX
      rehaBedarf: {
        type: 'code',
        codes: ['KEINER', 'ZU_KLAEREN', 'BEANTRAGT', 'BEWILLIGT', 'LAEUFT', 'ABGELEHNT'],
        description: 'Rehabilitation',
      },
    },
  },
  LEBENSLAGE: {
    description: 'Circumstances of life that counselling has to know; no amounts',
    fields: {
      wohnen: {
        type: 'code',
        codes: [
          'EIGENE_WOHNUNG',
          'BEI_ANGEHOERIGEN',
          'GEMEINSCHAFTSUNTERKUNFT',
          'NOTUNTERKUNFT',
          'WOHNUNG_GEFAEHRDET',
          'WOHNUNGSLOS',
        ],
        description: 'Housing',
      },
      schulden: {
        type: 'code',
        codes: ['KEINE', 'VORHANDEN', 'SCHULDNERBERATUNG', 'INSOLVENZVERFAHREN'],
        description: 'Debts: whether, not how much or to whom',
      },
      kinderbetreuung: {
        type: 'code',
        codes: ['NICHT_NOETIG', 'GESICHERT', 'TEILWEISE', 'FEHLT'],
        description: 'Child care',
      },
      // § 16a SGB II and what lies beside it
      weitereBeratungAngeregt: {
        type: 'list',
        max: 9,
        of: {
          type: 'code',
          codes: [
            'SCHULDNERBERATUNG',
            'PSYCHOSOZIALE_BERATUNG',
            'SUCHTBERATUNG',
            'FRAUENBERATUNG',
            'SCHWANGERSCHAFTSBERATUNG',
            'ERZIEHUNGSBERATUNG',
            'WOHNUNGSHILFE',
            'RECHTSBERATUNG',
            'SONSTIGE',
          ],
        },
        description: 'Other counselling that was suggested',
      },
    },
  },
  BERATUNGSNOTIZ: {
    description: "A counsellor's note, always under professional secrecy (§ 203 StGB)",
    fields: {
      thema: { type: 'text', max: 200, description: 'Subject' },
      text: { type: 'longText', max: 10_000, required: true, description: 'The note' },
    },
  },
  DOKUMENT: {
    description: 'A file; what it is about is said by `filedUnder`, which decides who may have it',
    fields: {
      typ: {
        type: 'code',
        codes: [
          'BESCHEID',
          'SCHREIBEN',
          'ZEUGNIS',
          'ZERTIFIKAT',
          'LEBENSLAUF',
          'VERTRAG',
          'VOLLMACHT',
          'AUSWEIS',
          'BESCHEINIGUNG',
          'SONSTIGES',
        ],
        required: true,
        description: 'Kind of document',
      },
      dateiname: { type: 'fileName', max: 150, required: true, description: 'Name of the file, without a path' },
      sha256: { type: 'sha256', required: true, description: 'SHA-256 of the content' },
      groesse: {
        type: 'integer',
        min: 1,
        max: MAX_DOCUMENT_BYTES,
        required: true,
        description: 'Bytes of the content',
      },
      inhalt: {
        type: 'base64',
        maxBytes: MAX_DOCUMENT_BYTES,
        sizeIn: 'groesse',
        sha256In: 'sha256',
        required: true,
        description: 'The content in base64, at most 512 KiB decoded; size and hash have to match',
      },
    },
  },
  RUECKMELDUNG: {
    description: 'What came of a Laufzettel; goes back as a forwarding of its own',
    fields: {
      // NICHT_ERREICHT speaks of the agency's attempts; it is not said of an appointment.
      ergebnis: {
        type: 'code',
        codes: [
          'ERLEDIGT',
          'TEILWEISE_ERLEDIGT',
          'TERMIN_VEREINBART',
          'IN_BEARBEITUNG',
          'NICHT_ERREICHT',
          'WEITERGELEITET',
          'KEIN_BEDARF',
        ],
        required: true,
        description: 'Outcome',
      },
      text: { type: 'longText', max: 4_000, description: 'Explanation' },
      naechsterSchritt: { type: 'text', max: 300, description: 'Next step' },
    },
  },
} as const satisfies Record<Category, CategoryDefinition>;

/** What an entry of that category holds. */
export type PayloadOf<C extends Category> = RecordOf<(typeof CATALOGUE)[C]['fields']>;
